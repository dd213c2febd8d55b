import { at, countBelow, mean, sortNumbers, sum, sumOfSquaredDeviations, type Numbers } from "./arrays";
import { sharesOf } from "./counts";
import { fillZerosEvidently, hellingerDistance, jensenShannonDistance, klOfShares, psiOfShares } from "./divergence";
import { type UndefinedReason } from "./result";

/** Equal-width edges from low to high, both included; numpy's rule for a range of zero width: half a unit to each side. */
const equalWidthEdges = (low: number, high: number, bins: number): number[] => {
  const from = low === high ? low - 0.5 : low;
  const to = low === high ? high + 0.5 : high;
  const step = (to - from) / bins;
  return Array.from({ length: bins + 1 }, (_, i) => (i === bins ? to : from + i * step));
};

/** Counts between edges, the last bin closed on the right; rows outside are left out. */
const histogram = (values: Numbers, edges: readonly number[]): number[] => {
  const bins = edges.length - 1;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    if (value < at(edges, 0) || value > at(edges, bins)) continue;
    const bin = Math.min(bins - 1, countBelow(edges, value, "right") - 1);
    counts[bin] = at(counts, bin) + 1;
  }
  return counts;
};

type None = { status: UndefinedReason };

/**
 * Numeric drift as Evidently computes it: equal-width Sturges bins over reference and current together, cut anew for every comparison,
 * zero shares filled. Not comparable over time; for migration only. Source: Evidently, legacy stattests utils (get_binned_data).
 */
export const evidentlyNumericDrift = (
  reference: Numbers,
  current: Numbers,
): { bins: number; psi: number; kl: number; jsDistanceBaseE: number; status: "ok" } | ({ bins: null; psi: null; kl: null; jsDistanceBaseE: null } & None) => {
  if (reference.length === 0 || current.length === 0) return { bins: null, psi: null, kl: null, jsDistanceBaseE: null, status: "no_data" };
  const pooled = sortNumbers([...reference, ...current]);
  const low = at(pooled, 0);
  const high = at(pooled, pooled.length - 1);
  const width = (high - low) / (Math.log2(pooled.length) + 1);
  const bins = width > 0 ? Math.ceil((high - low) / width) : 1;
  const edges = equalWidthEdges(low, high, bins);
  const referenceCounts = histogram(reference, edges);
  const currentCounts = histogram(current, edges);
  const p = fillZerosEvidently(sharesOf(referenceCounts, reference.length));
  const q = fillZerosEvidently(sharesOf(currentCounts, current.length));
  const js = jensenShannonDistance(referenceCounts, currentCounts, "e");
  return { bins, psi: psiOfShares(p, q), kl: klOfShares(p, q), jsDistanceBaseE: js.value ?? 0, status: "ok" };
};

/** Number of equal-width bins by numpy's "doane" rule (D. P. Doane, 1976). */
const doaneBins = (values: Numbers, low: number, high: number): number => {
  const n = values.length;
  const centre = mean(values) ?? 0;
  const sigma = Math.sqrt(sumOfSquaredDeviations(values) / n);
  if (n <= 2 || !(sigma > 0)) return 1;
  const skewnessError = Math.sqrt((6 * (n - 2)) / ((n + 1) * (n + 3)));
  const skewness = sum(Array.from(values, (value) => ((value - centre) / sigma) ** 3)) / n;
  const width = (high - low) / (1 + Math.log2(n) + Math.log2(1 + Math.abs(skewness) / skewnessError));
  return Math.ceil((high - low) / width);
};

/**
 * Continuous drift as NannyML computes it: "doane" bins on the reference alone, current rows outside of its range in one extra bin with
 * reference count 0. For migration only. Source: NannyML, drift/univariate/methods.py.
 */
export const nannymlNumericDrift = (
  reference: Numbers,
  current: Numbers,
): { bins: number; edges: number[]; jsDistance: number; hellinger: number; status: "ok" } | ({ bins: null; edges: null; jsDistance: null; hellinger: null } & None) => {
  if (reference.length === 0 || current.length === 0) return { bins: null, edges: null, jsDistance: null, hellinger: null, status: "no_data" };
  const sorted = sortNumbers(reference);
  const low = at(sorted, 0);
  const high = at(sorted, sorted.length - 1);
  const bins = doaneBins(reference, low, high);
  const edges = equalWidthEdges(low, high, bins);
  const referenceCounts = [...histogram(reference, edges), 0];
  const inside = histogram(current, edges);
  const currentCounts = [...inside, current.length - sum(inside)];
  return {
    bins,
    edges,
    jsDistance: jensenShannonDistance(referenceCounts, currentCounts).value ?? 0,
    hellinger: hellingerDistance(referenceCounts, currentCounts).value ?? 0,
    status: "ok",
  };
};
