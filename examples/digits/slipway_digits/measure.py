"""What the demo relies on: accuracy by pool, drift windows, and windows of accuracy against a line."""

from collections.abc import Mapping

import numpy as np

from . import drift
from .data import Digits, Split, split_rows
from .models import TRAINERS
from .statistics import Metric, accuracy, wilson

LINE = 0.88
WINDOWS = 300
LABELLED_SHARE = 0.95
POOLS = ("heldout_usual", "heldout_thick")


def accuracy_by_pool(digits: Digits, split: Split, served: Mapping[str, np.ndarray]) -> dict[str, dict[str, Metric]]:
    """Accuracy of served labels on raw pixels; `served` maps a role to its labels of all rows of the CSV."""
    return {
        role: {pool: accuracy(digits.labels[rows], labels[rows]) for pool in POOLS for rows in [getattr(split, pool)]}
        for role, labels in served.items()
    }


def drift_windows(digits: Digits, split: Split) -> list[dict[str, object]]:
    """Drifted pixels of windows of both pools against the training reference."""
    results = []
    for point_share in (0.05, 0.1):
        reference = drift.pin_reference(digits.pixels[split.train], point_share)
        for pool in POOLS:
            for rows in (300, 450):
                flags = drift.simulate(reference, digits.pixels[getattr(split, pool)], rows, WINDOWS, seed=rows)
                pixels = flags.sum(1)
                results.append(
                    {
                        "pool": pool,
                        "pointBinShare": point_share,
                        "mostBins": max(len(count) for count in reference.counts),
                        "rows": rows,
                        "windows": WINDOWS,
                        "windowsWithDrift": int((pixels > 0).sum()),
                        "windowsWithPersistentDrift": int(drift.persistent(flags).any(1).sum()),
                        "driftedPixelsMinMedianMax": [int(x) for x in (pixels.min(), np.median(pixels), pixels.max())],
                    }
                )
    return results


def performance_windows(digits: Digits, split: Split, served: Mapping[str, np.ndarray]) -> list[dict[str, object]]:
    """Share of windows of 300 rows, 95 % of them labelled, whose accuracy is below the line."""
    results = []
    for role, labels in served.items():
        right = labels == digits.labels
        for pool in POOLS:
            rng = np.random.default_rng(7)
            rows = getattr(split, pool)
            drawn = right[rng.choice(rows, (WINDOWS, round(300 * LABELLED_SHARE)))]
            shares = drawn.mean(1)
            upper = np.array([wilson(int(window.sum()), len(window))[1] for window in drawn])
            results.append(
                {
                    "role": role,
                    "pool": pool,
                    "labelledRows": drawn.shape[1],
                    "lowest": round(float(shares.min()), 4),
                    "median": round(float(np.median(shares)), 4),
                    "highest": round(float(shares.max()), 4),
                    "below": int((shares < LINE).sum()),
                    "wholeIntervalBelow": int((upper < LINE).sum()),
                    "windows": WINDOWS,
                }
            )
    return results


def other_splits(digits: Digits, seeds: range) -> list[dict[str, object]]:
    """Mean, lowest and highest accuracy over splits by other seeds: how much of the figures is this split's luck."""
    found: dict[tuple[str, str, str], list[float]] = {}
    for seed in seeds:
        split = split_rows(digits, seed)
        for train in TRAINERS:
            trained = train(digits, split)
            for pool in POOLS:
                rows = getattr(split, pool)
                for given, pixels in (("prepared", trained.prepare(digits.pixels[rows])), ("raw", digits.pixels[rows])):
                    share = float((trained.classifier.predict(pixels) == digits.labels[rows]).mean())
                    found.setdefault((trained.role, pool, given), []).append(share)
    return [
        {
            "role": role,
            "pool": pool,
            "pixels": given,
            "splits": len(shares),
            **{name: round(float(of(shares)), 4) for name, of in (("mean", np.mean), ("lowest", min), ("highest", max))},
        }
        for (role, pool, given), shares in found.items()
        if given == "raw" or role == "harmful"
    ]
