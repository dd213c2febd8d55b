"""The check that a window of rows looks like the reference: chi-square homogeneity with BH, and PSI.

Point bins for values that hold a given share of the reference or more, quantile bins for the rest.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

ALPHA = 0.001
PSI_LINE = 0.2


@dataclass(frozen=True)
class Reference:
    """Pinned bins: for each pixel a table value (0..16) -> bin, and the reference's counts."""

    bins: list[np.ndarray]
    counts: list[np.ndarray]


def pin_reference(pixels: np.ndarray, point_share: float, target_bins: int = 10) -> Reference:
    """Bins and counts of the reference, pixels [n, 64] with integer values 0..16."""
    bins, counts = [], []
    for column in pixels.astype(int).T:
        table = bin_table(np.bincount(column, minlength=17), point_share, target_bins)
        bins.append(table)
        counts.append(np.bincount(table[column], minlength=table.max() + 1))
    return Reference(bins, counts)


def bin_table(count: np.ndarray, point_share: float, target_bins: int) -> np.ndarray:
    """Bin number of each value 0..16 for the reference's counts [17].

    A heavy value is a bin of its own; neighbours between heavy values share a bin until it holds n / target_bins
    rows. A value that the reference never held goes with the nearest lower one that it did.
    """
    n = count.sum()
    table = np.zeros(17, dtype=int)
    number, held, full = -1, 0, True
    for value in range(17):
        heavy = count[value] >= point_share * n
        if count[value] > 0 and (heavy or full):
            number, held = number + 1, 0
        held += count[value]
        full = full if count[value] == 0 else bool(heavy or held >= n / target_bins)
        table[value] = max(number, 0)
    return table


def compare(reference: Reference, window: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Chi-square homogeneity p and PSI (half a row added to each bin) of each of the 64 pixels."""
    p, psi = np.ones(64), np.zeros(64)
    for pixel, (table, first) in enumerate(zip(reference.bins, reference.counts)):
        second = np.bincount(table[window[:, pixel].astype(int)], minlength=len(first))
        if len(first) < 2:
            continue
        seen = first + second > 0
        both = np.array([first[seen], second[seen]], dtype=float)
        expected = both.sum(1, keepdims=True) * both.sum(0) / both.sum()
        statistic = ((both - expected) ** 2 / expected).sum()
        p[pixel] = chi2.sf(statistic, max(int(seen.sum()) - 1, 1))
        a = (first + 0.5) / (first + 0.5).sum()
        b = (second + 0.5) / (second + 0.5).sum()
        psi[pixel] = ((b - a) * np.log(b / a)).sum()
    return p, psi


def drifted(reference: Reference, window: np.ndarray) -> np.ndarray:
    """Which pixels drifted: rejected by Benjamini-Hochberg at 0.001 over the 64, and PSI at least 0.2."""
    p, psi = compare(reference, window)
    order = np.argsort(p)
    passing = np.flatnonzero(p[order] <= ALPHA * np.arange(1, 65) / 64)
    rejected = np.zeros(64, dtype=bool)
    rejected[order[: passing.max() + 1 if len(passing) else 0]] = True
    return rejected & (psi >= PSI_LINE)


def simulate(reference: Reference, pool: np.ndarray, rows: int, windows: int, seed: int) -> np.ndarray:
    """Drifted pixels [windows, 64] of windows of `rows` rows drawn with replacement from the pool."""
    rng = np.random.default_rng(seed)
    return np.array([drifted(reference, pool[rng.integers(0, len(pool), rows)]) for _ in range(windows)])


def persistent(flags: np.ndarray) -> np.ndarray:
    """Of flags [windows, 64]: which pixels drifted in at least 2 of the last 3 windows, [windows - 2, 64]."""
    return flags[2:].astype(int) + flags[1:-1] + flags[:-2] >= 2
