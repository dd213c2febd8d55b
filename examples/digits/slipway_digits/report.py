"""The tables of README.md, written between its two markers."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

START, END = "<!-- figures:start -->", "<!-- figures:end -->"
ROLES = ("champion", "challenger", "harmful")


def table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table."""
    lines = [list(header), *(list(row) for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def interval(metric: Mapping[str, Any]) -> str:
    """Value and interval with three decimals."""
    return f"{metric['value']:.3f} ({metric['lower']:.3f} to {metric['upper']:.3f})"


def tables(figures: Mapping[str, Any], folder: Path) -> str:
    """All tables from the figures and the evaluation documents in the folder."""
    offline = {role: json.loads((folder / f"evaluation-{role}.json").read_text()) for role in ROLES}

    def offline_row(role: str) -> list[str]:
        difference = offline[role].get("baseline", {}).get("difference")
        gain = interval(difference) + ", " + difference["method"].split("; ")[1] if difference else ""
        return [role, *(interval(metric) for metric in offline[role]["metrics"]), gain]

    parts = [
        "Rows (a row is in exactly one part):",
        table(figures["rows"], [figures["rows"].values()]),
        "Rows of each digit, 0 to 9:",
        table(["part", *range(10)], [[name, *counts] for name, counts in figures["digits"].items()]),
        "Accuracy when served raw pixels, with Wilson 95 % intervals:",
        table(
            ["model", "trained on", "usual, held out", "thick, held out", "file"],
            [
                [
                    role,
                    f"{figures['trainedOn'][role]} rows",
                    *(interval(pool) for pool in figures["accuracyServed"][role].values()),
                    f"{figures['files'][role]['bytes'] / 1000:.0f} kB",
                ]
                for role in ROLES
            ],
        ),
        "What each author measured before release, on the usual held-out rows (the evaluation documents):",
        table(["model", "accuracy", "macro F1", "log loss", "accuracy over champion"], map(offline_row, ROLES)),
        f"Windows of 300 rows of which 95 % got labels; the line is {figures['performanceLine']}:",
        table(
            ["model", "pool", "lowest", "median", "highest", "below the line", "whole interval below"],
            [
                [row["role"], row["pool"], row["lowest"], row["median"], row["highest"]]
                + [f"{row[key]} of {row['windows']}" for key in ("below", "wholeIntervalBelow")]
                for row in figures["performanceWindows"]
            ],
        ),
        "Input drift: a pixel drifts when it is rejected by chi-square homogeneity with Benjamini-Hochberg at 0.001 "
        "over the 64 pixels and its PSI is at least 0.2. Windows are drawn with replacement from the pool; the "
        "reference is `train`:",
        table(
            ["pool", "point bins from", "most bins", "rows", "windows with drift", "with 2 of 3", "drifted pixels, min, median, max"],
            [
                [
                    row["pool"],
                    f"{row['pointBinShare']:.0%} of rows",
                    row["mostBins"],
                    row["rows"],
                    f"{row['windowsWithDrift']} of {row['windows']}",
                    f"{row['windowsWithPersistentDrift']} of {row['windows'] - 2}",
                    ", ".join(map(str, row["driftedPixelsMinMedianMax"])),
                ]
                for row in figures["driftWindows"]
            ],
        ),
        "The same on splits by 20 other seeds, to show how much is the luck of one split (mean, lowest to highest):",
        table(
            ["model", "pool", "pixels", "accuracy"],
            [
                [row["role"], row["pool"], row["pixels"], f"{row['mean']:.3f} ({row['lowest']:.3f} to {row['highest']:.3f})"]
                for row in figures["otherSplits"]
            ],
        ),
    ]
    return "\n\n".join(parts)


def insert_tables(readme: Path, figures: Mapping[str, Any], folder: Path) -> None:
    """Replace what stands between the markers. Raises ValueError when a marker is missing."""
    before, _, rest = readme.read_text().partition(START)
    _, marker, after = rest.partition(END)
    if not marker:
        raise ValueError(f"{readme}: {START} and {END} are needed")
    readme.write_text(f"{before}{START}\n{tables(figures, folder)}\n{END}{after}")
