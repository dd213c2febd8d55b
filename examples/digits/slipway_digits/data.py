"""Read digits.csv, measure how thick each digit is written, and split the rows.

The split looks at pixels, digit and thickness only, never at a model.
"""

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import chi2_contingency
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

PIXEL_COLUMNS = [f"pixel_{row}_{column}" for row in range(8) for column in range(8)]
HEADER = ["id", *PIXEL_COLUMNS, "label"]

THICK_SHARE = 0.2
"""Share of all rows, thickest first, that form the thick sub-population."""
TRAIN_ROWS = 1060
TRAIN_THICK_ROWS = 100
FIRST_RELEASE_ROWS = 400
FINE_PEN_RANK = 0.65
"""The challenger trains only on rows below this thickness rank, as if they came from fine pens."""
CANDIDATE_SPLITS = 200


@dataclass(frozen=True)
class Digits:
    """ids [n], pixels [n, 64] float32 in 0..16, labels [n] int64 in 0..9."""

    ids: np.ndarray
    pixels: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class Split:
    """Row ids of every part, ascending. `train` is the pinned reference: usual strokes only."""

    seed: int
    train: np.ndarray
    train_thick: np.ndarray
    heldout_usual: np.ndarray
    heldout_thick: np.ndarray
    champion_rows: np.ndarray
    challenger_rows: np.ndarray
    harmful_rows: np.ndarray


def export_csv(path: Path) -> None:
    """Write scikit-learn's digits as CSV; `id` is the row's position in scikit-learn's array."""
    source = load_digits()
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for row, (pixels, label) in enumerate(zip(source.data.astype(int), source.target)):
            writer.writerow([row, *pixels.tolist(), int(label)])


def read_csv(path: Path) -> Digits:
    """Read digits.csv. Raises ValueError when header, ids, pixel range or labels are not as written."""
    with path.open(newline="") as file:
        header, *rows = list(csv.reader(file))
    table = np.array(rows, dtype=np.int64)
    if header != HEADER or not np.array_equal(table[:, 0], np.arange(len(table))):
        raise ValueError(f"{path}: expected the columns id, 64 pixels, label and ids 0..n-1")
    pixels, labels = table[:, 1:65], table[:, 65]
    if pixels.min() < 0 or pixels.max() > 16 or set(labels) != set(range(10)):
        raise ValueError(f"{path}: pixels must be 0..16 and labels 0..9")
    return Digits(table[:, 0], pixels.astype(np.float32), labels)


def dataset_digest(path: Path, ids: np.ndarray) -> str:
    """`sha256:` over the header line and the CSV lines of these ids, ascending, each ended by LF."""
    header, *lines = path.read_text().splitlines()
    chosen = [header, *(lines[row] for row in sorted(int(i) for i in ids))]
    return "sha256:" + hashlib.sha256(("\n".join(chosen) + "\n").encode()).hexdigest()


def thick_ink(pixels: np.ndarray) -> np.ndarray:
    """Ink that survives a grey opening by a plus of 3x3 pixels: ink in strokes about 3 pixels wide or wider.

    pixels [n, 64]; returns [n], in the unit of the pixels. Outside the image there is no ink.
    Source: P. Maragos, Pattern spectrum and multiscale shape representation, IEEE PAMI 11(7), 1989.
    """

    def over_plus(images: np.ndarray, reduce: np.ufunc) -> np.ndarray:
        padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
        shifted = [padded[:, 1 + dy : 9 + dy, 1 + dx : 9 + dx] for dy, dx in ((0, 0), (0, 1), (1, 0), (0, -1), (-1, 0))]
        return reduce.reduce(shifted)

    images = pixels.reshape(-1, 8, 8)
    return over_plus(over_plus(images, np.minimum), np.maximum).sum((1, 2))


def thickness_rank(digits: Digits) -> np.ndarray:
    """Rank of each row's thick ink among all rows, in 0..1 (exclusive); ties in the order of id."""
    order = np.argsort(thick_ink(digits.pixels), kind="stable")
    rank = np.empty(len(order))
    rank[order] = (np.arange(len(order)) + 0.5) / len(order)
    return rank


def imbalance(first: np.ndarray, second: np.ndarray) -> float:
    """Largest -log10 p of a chi-square homogeneity test over the 64 pixels (values grouped 0, 1-5, 6-11, 12-15, 16)."""
    edges = np.array([1, 6, 12, 16])
    worst = 0.0
    for pixel in range(64):
        table = np.array([np.bincount(np.digitize(part[:, pixel], edges), minlength=5) for part in (first, second)])
        table = table[:, table.sum(0) > 0]
        if table.shape[1] > 1:
            worst = max(worst, -float(np.log10(max(chi2_contingency(table, correction=False).pvalue, 1e-300))))
    return worst


def split_rows(digits: Digits, seed: int | None = None) -> Split:
    """Split by digit with this seed; without one, take the best balanced of 200 seeded splits of the usual rows.

    Rerandomisation (K. L. Morgan and D. B. Rubin, Annals of Statistics 40(2), 2012) keeps the chance
    differences between the reference and the held-out pool small. It compares pixels only.
    """
    rank = thickness_rank(digits)
    usual, thick = np.flatnonzero(rank < 1 - THICK_SHARE), np.flatnonzero(rank >= 1 - THICK_SHARE)

    def halve(rows: np.ndarray, size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        first, second = train_test_split(rows, train_size=size, random_state=seed, stratify=digits.labels[rows])
        return np.sort(first), np.sort(second)

    if seed is None:

        def cost(candidate: int) -> float:
            first, second = halve(usual, TRAIN_ROWS, candidate)
            return imbalance(digits.pixels[first], digits.pixels[second])

        seed = min(range(CANDIDATE_SPLITS), key=cost)
    train, heldout_usual = halve(usual, TRAIN_ROWS, seed)
    train_thick, heldout_thick = halve(thick, TRAIN_THICK_ROWS, seed)
    first_release, _ = halve(train, FIRST_RELEASE_ROWS, seed)
    return Split(
        seed=seed,
        train=train,
        train_thick=train_thick,
        heldout_usual=heldout_usual,
        heldout_thick=heldout_thick,
        champion_rows=np.sort(np.concatenate([first_release, train_thick])),
        challenger_rows=train[rank[train] < FINE_PEN_RANK],
        harmful_rows=np.sort(np.concatenate([train, train_thick])),
    )
