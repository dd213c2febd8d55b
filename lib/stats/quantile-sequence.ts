import { at } from "./arrays";
import { logBetaBinomialE } from "./beta-binomial";
import { type LogHistogram } from "./log-histogram";
import { quantileOfSorted } from "./quantiles";
import { requireOpenUnit, type UndefinedReason } from "./result";

/** Values in increasing order, or a histogram of them. */
export type OrderedValues = ArrayLike<number> | LogHistogram;

/** An estimate with bounds that hold at every look; a bound is null while n is too small to have one. */
export type QuantileSequence = {
  estimate: number | null;
  lower: number | null;
  upper: number | null;
  n: number;
  method: "beta_binomial_inversion";
  status: "ok" | UndefinedReason;
};

/** Prior strength: the e-value is sharpest against shifts seen in a few hundred rows. */
const defaultPriorSize = 100;

/**
 * Order statistics (1-based) that bound the q-quantile at every n at once: all counts k of values up to it whose beta-binomial e-value
 * against q, prior Beta(q m, (1-q) m), is below 1/alpha. A rank is null while no order statistic can bound that side.
 */
export const quantileSequenceRanks = (n: number, q: number, alpha: number, priorSize: number = defaultPriorSize): { lowerRank: number | null; upperRank: number | null } => {
  const prior = { a: q * priorSize, b: (1 - q) * priorSize };
  const limit = -Math.log(alpha);
  const accepted = (k: number): boolean => logBetaBinomialE(k, n, q, prior) < limit;
  // The log e-value is convex in k with its minimum near n q, so the accepted counts are one run around it.
  const centre = Math.min(n, Math.max(0, Math.round(n * q)));
  const edge = (refused: number): number => {
    let inside = centre;
    let outside = refused;
    while (Math.abs(outside - inside) > 1) {
      const middle = Math.trunc((inside + outside) / 2);
      if (accepted(middle)) inside = middle;
      else outside = middle;
    }
    return inside;
  };
  const fewest = edge(-1);
  const most = edge(n + 1);
  return { lowerRank: fewest >= 1 ? fewest : null, upperRank: most + 1 <= n ? most + 1 : null };
};

const isHistogram = (values: OrderedValues): values is LogHistogram => "boundsOfRank" in values;

/**
 * Exact anytime-valid confidence sequence of the q-quantile (any distribution, ties included). A histogram gives the outer edges of its
 * buckets, so coverage stays exact and only width pays for the 1 %. S. R. Howard and A. Ramdas, Sequential estimation of quantiles, 2022.
 */
export const quantileSequence = (values: OrderedValues, q: number, alpha: number, priorSize: number = defaultPriorSize): QuantileSequence => {
  requireOpenUnit(q, "q");
  requireOpenUnit(alpha, "alpha");
  const n = isHistogram(values) ? values.n : values.length;
  const method = "beta_binomial_inversion";
  if (n === 0) return { estimate: null, lower: null, upper: null, n, method, status: "no_data" };
  const { lowerRank, upperRank } = quantileSequenceRanks(n, q, alpha, priorSize);
  const valueAt = (rank: number | null, side: "lower" | "upper"): number | null => {
    if (rank === null) return null;
    return isHistogram(values) ? (values.boundsOfRank(rank)?.[side] ?? null) : at(values, rank - 1);
  };
  return {
    estimate: isHistogram(values) ? values.quantile(q) : quantileOfSorted(values, q),
    lower: valueAt(lowerRank, "lower"),
    upper: valueAt(upperRank, "upper"),
    n,
    method,
    status: lowerRank === null || upperRank === null ? "insufficient" : "ok",
  };
};

/**
 * Difference and ratio of a quantile, candidate against stable, at level alpha: each arm's sequence at alpha/2 (Bonferroni). A bound is
 * null while an arm lacks the bound that it needs; the ratio also when the divisor is 0.
 */
export const quantileDifferenceSequence = (input: { stable: OrderedValues; candidate: OrderedValues; q: number; alpha: number; priorSize?: number }) => {
  const stable = quantileSequence(input.stable, input.q, input.alpha / 2, input.priorSize);
  const candidate = quantileSequence(input.candidate, input.q, input.alpha / 2, input.priorSize);
  const combine = (a: number | null, b: number | null, f: (a: number, b: number) => number): number | null => (a === null || b === null ? null : f(a, b));
  const minus = (a: number, b: number): number => a - b;
  const over = (a: number | null, b: number | null): number | null => (b === 0 ? null : combine(a, b, (x, y) => x / y));
  return {
    stable,
    candidate,
    difference: { estimate: combine(candidate.estimate, stable.estimate, minus), lower: combine(candidate.lower, stable.upper, minus), upper: combine(candidate.upper, stable.lower, minus) },
    ratio: { estimate: over(candidate.estimate, stable.estimate), lower: over(candidate.lower, stable.upper), upper: over(candidate.upper, stable.lower) },
    method: "beta_binomial_inversion" as const,
    status: candidate.status !== "ok" ? candidate.status : stable.status,
  };
};
