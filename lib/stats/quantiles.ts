import { at, sortNumbers, type Numbers } from "./arrays";
import { binomialTails } from "./beta";
import { normalUpperQuantile } from "./normal";
import { requireOpenUnit, type UndefinedReason } from "./result";

/** Quantile of an increasing list by linear interpolation (type 7 of R. J. Hyndman and Y. Fan, 1996); null for an empty list. */
export const quantileOfSorted = (sorted: ArrayLike<number>, q: number): number | null => {
  if (sorted.length === 0) return null;
  const h = (sorted.length - 1) * Math.min(1, Math.max(0, q));
  const floor = Math.floor(h);
  const low = at(sorted, floor);
  return h === floor ? low : low + (h - floor) * (at(sorted, floor + 1) - low);
};

/** Type-7 quantiles of values in any order, one for each q in 0..1; null for no values. */
export const quantiles = (values: Numbers, q: readonly number[]): (number | null)[] => {
  const sorted = sortNumbers(values);
  return q.map((level) => quantileOfSorted(sorted, level));
};

export type QuantileRanks = {
  lowerRankReal: number;
  upperRankReal: number;
  /** 1-based ranks of the order statistics that bound the quantile, rounded outwards; null when refused. */
  lowerRank: number | null;
  upperRank: number | null;
  /** P(lower <= Binomial(n, q) < upper). */
  exactCoverage: number | null;
  /** The interval needs more rows than this: z^2 q / (1 - q). */
  minN: number;
  status: "ok" | UndefinedReason;
};

/**
 * Ranks n q -+ z sqrt(n q (1 - q)) of a distribution-free interval for a quantile; refused as insufficient at or below minN, because
 * then the upper rank lies outside of the sample. Fixed sample size (W. J. Conover, Practical Nonparametric Statistics, 3.2).
 */
export const quantileRanks = (n: number, q: number, confidence: number): QuantileRanks => {
  requireOpenUnit(q, "q");
  requireOpenUnit(confidence, "confidence");
  const z = normalUpperQuantile((1 - confidence) / 2);
  const half = z * Math.sqrt(n * q * (1 - q));
  const lowerRankReal = n * q - half;
  const upperRankReal = n * q + half;
  const minN = (z * z * q) / (1 - q);
  const refused = { lowerRankReal, upperRankReal, lowerRank: null, upperRank: null, exactCoverage: null, minN };
  if (n <= 0) return { ...refused, status: "no_data" };
  const lowerRank = Math.floor(lowerRankReal);
  const upperRank = Math.ceil(upperRankReal);
  if (n <= minN || lowerRank < 1 || upperRank > n) return { ...refused, status: "insufficient" };
  const exactCoverage = binomialTails(upperRank - 1, n, q).lower - binomialTails(lowerRank - 1, n, q).lower;
  return { lowerRankReal, upperRankReal, lowerRank, upperRank, exactCoverage, minN, status: "ok" };
};

/** Type-7 quantile of raw values with the order statistics at quantileRanks as bounds; bounds are null when n is too small. */
export const quantileInterval = (
  values: Numbers,
  q: number,
  confidence: number,
): { estimate: number | null; lower: number | null; upper: number | null; minN: number; status: "ok" | UndefinedReason } => {
  const sorted = sortNumbers(values);
  const ranks = quantileRanks(sorted.length, q, confidence);
  return {
    estimate: quantileOfSorted(sorted, q),
    lower: ranks.lowerRank === null ? null : at(sorted, ranks.lowerRank - 1),
    upper: ranks.upperRank === null ? null : at(sorted, ranks.upperRank - 1),
    minN: ranks.minN,
    status: ranks.status,
  };
};
