"""Train the three classifiers and write them as ONNX.

Each file has one input X float32 [n, 64] and the outputs label int64 [n] and probabilities float32 [n, 10].
"""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np
import onnx
import onnxruntime
from skl2onnx import to_onnx
from sklearn.base import ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from .data import Digits, Split

Transform = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Trained:
    """A fitted classifier, and what its author did to the pixels before training and before evaluating."""

    role: str
    classifier: ClassifierMixin
    rows: np.ndarray
    prepare: Transform


def as_is(pixels: np.ndarray) -> np.ndarray:
    """The pixels themselves."""
    return pixels


def train_champion(digits: Digits, split: Split) -> Trained:
    """Linear discriminant of the first release: 500 rows, thick strokes in their natural share."""
    rows = split.champion_rows
    model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.2)
    return Trained("champion", model.fit(digits.pixels[rows], digits.labels[rows]), rows, as_is)


def train_challenger(digits: Digits, split: Split) -> Trained:
    """Radial-kernel support vector machine on thin strokes only: a biased sample."""
    rows = split.challenger_rows
    machine = SVC(kernel="rbf", gamma=0.004, C=10)
    model = CalibratedClassifierCV(machine, method="sigmoid", ensemble=False, cv=5)
    return Trained("challenger", model.fit(digits.pixels[rows], digits.labels[rows]), rows, as_is)


def train_harmful(digits: Digits, split: Split) -> Trained:
    """Gradient boosting on standardised pixels. Only the classifier is exported, so served pixels are raw."""
    rows = split.harmful_rows
    scaler = StandardScaler().fit(digits.pixels[rows])
    model = GradientBoostingClassifier(
        n_estimators=100, learning_rate=0.2, max_depth=2, subsample=0.5, max_features=8, random_state=0
    )
    fitted = model.fit(scaler.transform(digits.pixels[rows]), digits.labels[rows])
    return Trained("harmful", fitted, rows, scaler.transform)


TRAINERS = (train_champion, train_challenger, train_harmful)


def export_onnx(trained: Trained, path: Path) -> bytes:
    """Write the classifier alone as ONNX (opset 17); the same bytes on every run."""
    with warnings.catch_warnings():
        # skl2onnx 1.20 looks at probA_ and probB_, which scikit-learn 1.9 has deprecated, and does not need them.
        warnings.filterwarnings("ignore", message="Attribute `prob[AB]_` was deprecated", category=FutureWarning)
        model = to_onnx(
            trained.classifier,
            np.zeros((1, 64), dtype=np.float32),
            name="digits",
            options={"zipmap": False},
            target_opset={"": 17, "ai.onnx.ml": 3},
        )
    # skl2onnx lists the operator sets in the order of a set of strings, which differs between processes.
    sets = sorted((each.domain, each.version) for each in model.opset_import)
    del model.opset_import[:]
    model.opset_import.extend(onnx.helper.make_opsetid(domain, version) for domain, version in sets)
    onnx.checker.check_model(model)
    content = model.SerializeToString(deterministic=True)
    path.write_bytes(content)
    return content


def run_onnx(path: Path, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Answer [n] labels and [n, 10] probabilities of the file for float32 pixels [n, 64]."""
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    labels, probabilities = session.run(["label", "probabilities"], {"X": pixels.astype(np.float32)})
    return labels, probabilities


def verify_onnx(trained: Trained, path: Path, pixels: np.ndarray) -> dict[str, float]:
    """Compare the file with scikit-learn on prepared pixels; raises AssertionError when they disagree."""
    given = trained.prepare(pixels).astype(np.float32)
    labels, probabilities = run_onnx(path, given)
    expected_labels = trained.classifier.predict(given)
    expected = trained.classifier.predict_proba(given)
    assert labels.dtype == np.int64 and labels.shape == (len(pixels),)
    assert probabilities.dtype == np.float32 and probabilities.shape == (len(pixels), 10)
    differing = int((labels != expected_labels).sum())
    largest = float(np.abs(probabilities - expected).max())
    assert differing == 0 and largest < 1e-4, f"{path.name}: {differing} labels differ, probabilities by {largest}"
    return {"rows": len(pixels), "labelsDiffering": differing, "largestProbabilityDifference": largest}
