import { at, countBelow, sortNumbers, type Numbers } from "./arrays";
import { chiSquareUpperQuantile } from "./chi-square";
import { alignCounts } from "./counts";
import { jensenShannonDistance, populationStabilityIndex, populationStabilityIndexWithEpsilon } from "./divergence";
import { chiSquareHomogeneity } from "./homogeneity";
import { quantileOfSorted } from "./quantiles";
import { requireOpenUnit, type UndefinedReason } from "./result";

/** Increasing type-7 quantiles at i/bins of an increasing list, equal ones merged. E edges make E + 1 bins. */
export const quantileEdges = (sorted: ArrayLike<number>, bins: number): number[] => {
  const edges: number[] = [];
  for (let i = 1; i < bins; i++) {
    const edge = quantileOfSorted(sorted, i / bins);
    if (edge !== null && edge !== edges[edges.length - 1]) edges.push(edge);
  }
  return edges;
};

/** Counts per bin; the bin of v is the number of edges <= v, so an edge belongs to the upper bin and both outer bins are open-ended. */
export const countInBins = (values: Numbers, edges: readonly number[]): number[] => {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const value of values) {
    const bin = countBelow(edges, value, "right");
    counts[bin] = at(counts, bin) + 1;
  }
  return counts;
};

/** Largest gap of the cumulative shares of two aligned count vectors: the Kolmogorov-Smirnov D that the bins can see. null when a side is empty. */
export const largestCumulativeGap = (reference: ArrayLike<number>, current: ArrayLike<number>): number | null => {
  const counts = alignCounts(reference, current);
  if (!counts) return null;
  let r = 0;
  let c = 0;
  let largest = 0;
  counts.reference.forEach((count, i) => {
    r += count;
    c += at(counts.current, i);
    largest = Math.max(largest, Math.abs(r / counts.referenceTotal - c / counts.currentTotal));
  });
  return largest;
};

/**
 * Drift of a numeric sample on the reference's quantile bins, both outer bins open-ended: PSI (add-half and with zero shares at 1e-4),
 * JS distance base 2, largest cumulative gap, homogeneity chi-square; rows outside the reference range are counted beside it.
 * `outOfRangeBin` instead gives rows above the range a bin of their own (contrast only: an empty reference bin dominates PSI).
 */
export const quantileBinDrift = (reference: Numbers, current: Numbers, bins: number, options: { outOfRangeBin?: boolean } = {}) => {
  const sorted = sortNumbers(reference);
  const edges = quantileEdges(sorted, bins);
  const referenceCounts = countInBins(reference, edges);
  const currentCounts = countInBins(current, edges);
  const lowest = at(sorted, 0);
  const highest = at(sorted, sorted.length - 1);
  let belowRange = 0;
  let aboveRange = 0;
  for (const value of current) {
    if (value < lowest) belowRange++;
    else if (value > highest) aboveRange++;
  }
  if (options.outOfRangeBin) {
    referenceCounts.push(0);
    currentCounts[currentCounts.length - 1] = at(currentCounts, currentCounts.length - 1) - aboveRange;
    currentCounts.push(aboveRange);
  }
  const psi = populationStabilityIndex(referenceCounts, currentCounts);
  const chi2 = chiSquareHomogeneity(referenceCounts, currentCounts);
  return {
    edges,
    referenceCounts,
    currentCounts,
    psiAddHalf: psi.value,
    psiEpsilon: populationStabilityIndexWithEpsilon(referenceCounts, currentCounts).value,
    jsDistance: jensenShannonDistance(referenceCounts, currentCounts).value,
    maxCdfGap: largestCumulativeGap(referenceCounts, currentCounts),
    chi2Statistic: chi2.statistic,
    chi2Df: chi2.df,
    chi2P: chi2.p,
    belowRange,
    aboveRange,
    status: psi.status,
  };
};

export type NoiseLine =
  | { expectedPsi: number; alarmLine: number; status: "ok" }
  | { expectedPsi: null; alarmLine: null; status: UndefinedReason };

/**
 * What PSI shows without any drift: mean (bins - 1)(1/n + 1/m) and the line that it crosses with chance alpha, from PSI / (1/n + 1/m)
 * ~ chi-square with bins - 1 degrees of freedom (B. Yurdakul, 2018; arXiv 2307.11878). A threshold below the line is noise.
 */
export const psiNoiseLine = (bins: number, referenceRows: number, currentRows: number, alpha: number): NoiseLine => {
  requireOpenUnit(alpha, "alpha");
  if (referenceRows <= 0 || currentRows <= 0) return { expectedPsi: null, alarmLine: null, status: "no_data" };
  if (bins < 2) return { expectedPsi: null, alarmLine: null, status: "insufficient" };
  const scale = 1 / referenceRows + 1 / currentRows;
  return { expectedPsi: (bins - 1) * scale, alarmLine: chiSquareUpperQuantile(alpha, bins - 1) * scale, status: "ok" };
};
