"""Make the digits example again from digits.csv: split, models, ONNX files, documents and figures.

    python -m venv /tmp/digits && /tmp/digits/bin/pip install -r examples/digits/requirements.txt
    /tmp/digits/bin/python examples/digits/train.py

With --refresh-data it first writes digits.csv from scikit-learn. Every run writes the same files.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from slipway_digits import data, documents, measure, models, report, statistics

HERE = Path(__file__).resolve().parent
OTHER_SEEDS = range(1000, 1020)


def write_json(name: str, content: object) -> None:
    """Write a JSON file beside this script."""
    (HERE / name).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def write_split(split: data.Split) -> None:
    """Write split.json: row ids of every part, one part a line."""
    parts = {
        "train": split.train,
        "train_thick": split.train_thick,
        "heldout_usual": split.heldout_usual,
        "heldout_thick": split.heldout_thick,
    }
    rows = {"champion": split.champion_rows, "challenger": split.challenger_rows, "harmful": split.harmful_rows}

    def lines(named: dict[str, np.ndarray]) -> str:
        return ",\n".join(f'    "{name}": {json.dumps([int(i) for i in ids])}' for name, ids in named.items())

    settings = {"seed": split.seed, "thickShare": data.THICK_SHARE, "finePenRank": data.FINE_PEN_RANK}
    head = json.dumps({"schemaVersion": 1, **settings}, indent=2)[:-2]
    text = f'{head},\n  "parts": {{\n{lines(parts)}\n  }},\n  "trainedOn": {{\n{lines(rows)}\n  }}\n}}\n'
    (HERE / "split.json").write_text(text)


def main() -> None:
    """Run every step and print where the files are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--refresh-data", action="store_true", help="write digits.csv from scikit-learn first")
    table = HERE / "digits.csv"
    if parser.parse_args().refresh_data:
        data.export_csv(table)
    digits = data.read_csv(table)
    split = data.split_rows(digits)
    write_split(split)

    (HERE / "models").mkdir(exist_ok=True)
    rows = split.heldout_usual
    truth = digits.labels[rows]
    digest = data.dataset_digest(table, rows)
    champion_labels, champion_metrics = None, None
    served, checks = {}, {}
    for train in models.TRAINERS:
        trained = train(digits, split)
        role = trained.role
        path = HERE / "models" / f"{role}.onnx"
        size = len(models.export_onnx(trained, path))
        checks[role] = {"bytes": size, **models.verify_onnx(trained, path, digits.pixels)}
        served[role] = models.run_onnx(path, digits.pixels)[0]

        # Each author evaluates with the preparation that they trained with, on the rows held out for that.
        labels, probabilities = models.run_onnx(path, trained.prepare(digits.pixels[rows]))
        metrics = statistics.metrics(truth, labels, probabilities)
        against = None
        if champion_labels is None or champion_metrics is None:
            champion_labels, champion_metrics = labels, metrics
        else:
            difference = statistics.accuracy_difference(truth, labels, champion_labels)
            against = documents.baseline(champion_metrics, difference)
        write_json(f"evaluation-{role}.json", documents.evaluation(digest, len(rows), metrics, against))
        thick = int(np.isin(trained.rows, split.train_thick).sum())
        training_digest = data.dataset_digest(table, trained.rows)
        write_json(
            f"model-card-{role}.json", documents.model_card(role, len(trained.rows), thick, training_digest, metrics)
        )

    figures = {
        "rows": {name: len(getattr(split, name)) for name in ("train", "train_thick", *measure.POOLS)},
        "trainedOn": {role: len(getattr(split, f"{role}_rows")) for role in served},
        "digits": {name: np.bincount(digits.labels[getattr(split, name)]).tolist() for name in ("train", *measure.POOLS)},
        "files": checks,
        "accuracyServed": measure.accuracy_by_pool(digits, split, served),
        "performanceLine": measure.LINE,
        "performanceWindows": measure.performance_windows(digits, split, served),
        "driftWindows": measure.drift_windows(digits, split),
        "otherSplits": measure.other_splits(digits, OTHER_SEEDS),
    }
    write_json("figures.json", figures)
    report.insert_tables(HERE / "README.md", figures, HERE)
    print(f"Wrote models, documents, split.json, figures.json and the tables of README.md to {HERE}")


if __name__ == "__main__":
    main()
