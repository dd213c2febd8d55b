"""Metrics of a classifier with intervals. Arrays: truth [n], labels [n], probabilities [n, 10]."""

from typing import Callable

import numpy as np
from scipy.stats import binomtest, norm
from sklearn.metrics import f1_score, log_loss

RESAMPLES = 5000
BOOTSTRAP = f"bootstrap 95 %, {RESAMPLES} resamples of rows, percentiles"
Metric = dict[str, str | float | int]


def wilson(successes: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson score interval of a share. Source: E. B. Wilson, JASA 22, 1927."""
    z = norm.ppf(0.5 + confidence / 2)
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return centre - half, centre + half


def metric(name: str, value: float, lower: float, upper: float, n: int, method: str) -> Metric:
    """One metric of an evidence document, rounded to six decimals."""
    rounded = {key: round(float(number), 6) for key, number in (("value", value), ("lower", lower), ("upper", upper))}
    return {"name": name, **rounded, "n": int(n), "method": method}


def accuracy(truth: np.ndarray, labels: np.ndarray) -> Metric:
    """Share of right labels with its Wilson interval."""
    right = int((truth == labels).sum())
    return metric("accuracy", right / len(truth), *wilson(right, len(truth)), len(truth), "Wilson 95 %")


def bootstrap(name: str, n: int, compute: Callable[[np.ndarray], float]) -> Metric:
    """A metric of n rows, `compute` taking row positions, with a seeded percentile bootstrap over rows."""
    rng = np.random.default_rng(20240611)
    draws = [compute(rng.integers(0, n, n)) for _ in range(RESAMPLES)]
    lower, upper = np.percentile(draws, [2.5, 97.5])
    return metric(name, compute(np.arange(n)), lower, upper, n, BOOTSTRAP)


def metrics(truth: np.ndarray, labels: np.ndarray, probabilities: np.ndarray) -> list[Metric]:
    """Accuracy, macro F1 and log loss (nats), each with a 95 % interval."""
    n = len(truth)
    shares = np.clip(probabilities.astype(np.float64), 1e-15, 1)
    shares /= shares.sum(1, keepdims=True)
    losses = -np.log(shares[np.arange(n), truth])
    assert abs(losses.mean() - log_loss(truth, shares, labels=range(10))) < 1e-9
    return [
        accuracy(truth, labels),
        bootstrap("macro_f1", n, lambda rows: macro_f1(truth[rows], labels[rows])),
        bootstrap("log_loss", n, lambda rows: float(losses[rows].mean())),
    ]


def macro_f1(truth: np.ndarray, labels: np.ndarray) -> float:
    """Unweighted mean over the ten digits of 2 TP / (2 TP + FP + FN); equal to scikit-learn's."""
    table = np.bincount(truth * 10 + labels, minlength=100).reshape(10, 10)
    share = 2 * np.diag(table) / np.maximum(table.sum(0) + table.sum(1), 1)
    if len(np.unique(truth)) < 10:
        return float(f1_score(truth, labels, average="macro", labels=np.unique(truth), zero_division=0))
    return float(share.mean())


def accuracy_difference(truth: np.ndarray, labels: np.ndarray, baseline: np.ndarray) -> Metric:
    """Accuracy minus the baseline's on the same rows: paired bootstrap, with McNemar's exact test beside it.

    Source of the test: Q. McNemar, Psychometrika 12, 1947.
    """
    gain = (truth == labels).astype(int) - (truth == baseline).astype(int)
    discordant = int((gain != 0).sum())
    p = binomtest(int((gain > 0).sum()), discordant).pvalue if discordant else 1.0
    result = bootstrap("accuracy", len(gain), lambda rows: float(gain[rows].mean()))
    return {**result, "method": f"paired {BOOTSTRAP}; McNemar exact p = {p:.2g}"}
