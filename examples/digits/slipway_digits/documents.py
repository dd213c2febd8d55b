"""The documents beside each model: evaluation and model card."""

from collections.abc import Mapping, Sequence

from .statistics import Metric

PRODUCER = {"name": "examples/digits/train.py", "version": "1.0.0"}
DATASET_NAME = "digits-heldout-usual"
CITATION = (
    "Alpaydin, E. & Kaynak, C. (1998). Optical Recognition of Handwritten Digits [Dataset]. "
    "UCI Machine Learning Repository. https://doi.org/10.24432/C50P49"
)


def evaluation(
    digest: str, rows: int, metrics: Sequence[Metric], baseline: Mapping[str, object] | None
) -> dict[str, object]:
    """An evidence document of kind evaluation; `baseline` is absent for the champion itself."""
    return {
        "kind": "evaluation",
        "schemaVersion": 1,
        "dataset": {"name": DATASET_NAME, "digest": digest, "rows": rows},
        "metrics": list(metrics),
        **({"baseline": baseline} if baseline else {}),
        "producer": PRODUCER,
    }


def baseline(metrics: Sequence[Metric], difference: Metric) -> dict[str, object]:
    """The champion's figures on the same rows, and the difference in accuracy to it."""
    return {"model": "digits", "role": "champion", "metrics": list(metrics), "difference": difference}


DESCRIPTIONS = {
    "champion": {
        "overview": "Linear discriminant analysis with shrinkage 0.2 on 64 pixels. The first release.",
        "training": "{rows} rows: a stratified sample of {usual} rows with usual strokes and {thick} with thick strokes, "
        "the share that they have among all rows.",
        "limitations": ["A linear model: its most frequent mistakes on held-out rows are 8 read as 1 and 3 read as 8."],
    },
    "challenger": {
        "overview": "Support vector machine with a radial kernel (gamma 0.004, C 10) on 64 pixels, "
        "probabilities by Platt scaling over 5 folds.",
        "training": "{rows} rows with thin strokes: the training rows whose thick ink ranks below the 65th percentile.",
        "limitations": [
            "Trained and evaluated on usual stroke widths. Accuracy on thick strokes was not measured before release.",
            "A radial kernel knows little about digits that lie far from those in its training rows.",
        ],
    },
    "harmful": {
        "overview": "Gradient boosting, 100 rounds of trees of depth 2, learning rate 0.2, half of the rows and 8 pixels a split.",
        "training": "{rows} rows: {usual} with usual strokes and {thick} with thick strokes.",
        "limitations": ["Trees compare single pixels with thresholds, so a digit must be centred and sized as in the data set."],
    },
}


def model_card(role: str, rows: int, thick_rows: int, digest: str, metrics: Sequence[Metric]) -> dict[str, object]:
    """A model card in the shape of the Model Card Toolkit, in brief."""
    text = DESCRIPTIONS[role]
    counts = {"rows": rows, "usual": rows - thick_rows, "thick": thick_rows}
    return {
        "kind": "model_card",
        "schemaVersion": 1,
        "details": {
            "name": "digits",
            "overview": text["overview"],
            "inputFormat": "X: float32 [n, 64], the 8x8 pixels row by row, 0 (no ink) to 16 (full ink)",
            "outputFormat": "label: int64 [n], the digit; probabilities: float32 [n, 10], by digit",
            "licenses": [{"identifier": "CC-BY-4.0", "appliesTo": "training data"}],
            "citations": [CITATION],
        },
        "intendedUse": {
            "users": ["Applications that read single handwritten digits from forms"],
            "useCases": ["Classification of one centred digit, normalised to 8x8 pixels of 0..16 as the data set describes"],
            "outOfScope": ["Letters, several digits in one image, photographs"],
        },
        "limitations": text["limitations"],
        "trainingData": {
            "name": "Optical Recognition of Handwritten Digits, test part",
            "description": text["training"].format(**counts),
            "rows": rows,
            "digest": digest,
            "sensitive": False,
        },
        "quantitativeAnalysis": {"dataset": DATASET_NAME, "metrics": list(metrics)},
        "owners": [{"name": "Digits team", "contact": "digits@example.com"}],
        "ethicalConsiderations": [
            {
                "name": "Writers who are few in the data may be read less well.",
                "mitigationStrategy": "Watch accuracy by delayed labels and have uncertain readings checked by a person.",
            }
        ],
    }
