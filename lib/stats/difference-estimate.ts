import { type Arm } from "./arms";
import { sum } from "./arrays";
import { type UndefinedReason } from "./result";

/** Range that a loss can't leave; it lets few or constant values still have an honest variance. */
export type Bounds = { min: number; max: number };

/** Both arms while one weight was in force (a step of a ramp, or a time slice). */
export type Stratum = { stable: Arm; candidate: Arm };

export type RateCounts = { n: number; k: number };

/** What the bounds of a difference of rates need beside the standard error. */
export type RateDetail = {
  /** Regularised rate of each arm, (k + 1) / (n + 2). */
  stable: number;
  candidate: number;
  /** Variance of the difference = stableSpread * stable (1 - stable) + candidateSpread * candidate (1 - candidate). */
  stableSpread: number;
  candidateSpread: number;
  strata: { stable: RateCounts; candidate: RateCounts }[];
};

/** A difference candidate - stable (or a paired mean) with its standard error and intrinsic sample size; plain JSON. */
export type DifferenceEstimate =
  | { difference: number; se: number; n: number; stableN: number; candidateN: number; rates: RateDetail | null; status: "ok" }
  | { difference: null; se: null; n: number; stableN: number; candidateN: number; rates: null; status: UndefinedReason };

export const noDifference = (status: UndefinedReason, n: number, stableN: number, candidateN: number): DifferenceEstimate => ({
  difference: null,
  se: null,
  n,
  stableN,
  candidateN,
  rates: null,
  status,
});

type Sums = { n: number; sum: number; sumSquares: number };

const sumsOf = (arm: Arm): Sums => ("successes" in arm ? { n: arm.n, sum: arm.successes, sumSquares: arm.successes } : arm);

const addSums = (parts: readonly Sums[]): Sums => ({
  n: sum(parts.map((part) => part.n)),
  sum: sum(parts.map((part) => part.sum)),
  sumSquares: sum(parts.map((part) => part.sumSquares)),
});

/**
 * Variance of one row with one extra row at each end of the range (for a rate: one more success and one more failure), so that zero
 * events never give zero width. Without a range the plain variance, null under two rows.
 */
export const regularisedVariance = (sums: Sums, bounds: Bounds | null): number | null => {
  if (bounds === null) return sums.n < 2 ? null : Math.max(0, (sums.sumSquares - (sums.sum * sums.sum) / sums.n) / (sums.n - 1));
  const size = sums.n + 2;
  const mean = (sums.sum + bounds.min + bounds.max) / size;
  return Math.max(0, (sums.sumSquares + bounds.min ** 2 + bounds.max ** 2) / size - mean * mean);
};

/** Adds two parts of one arm (as successes when both are such). */
export const mergeArms = (a: Arm, b: Arm): Arm =>
  "successes" in a && "successes" in b ? { n: a.n + b.n, successes: a.successes + b.successes } : addSums([sumsOf(a), sumsOf(b)]);

/**
 * Combines strata into one difference candidate - stable, weighted by the harmonic sample size w = ns nc / (ns + nc): the sum of w times
 * the difference is then a martingale even when weights or base rates change between strata (mixing them would bias it, Simpson's
 * paradox). The row variance of an arm is that of its pooled rows, which can only be larger than within strata; for means, that of the
 * smaller arm is at least that of the larger one, because a lucky small sample of a skewed loss looks both good and precise. n is
 * 4 * sum of w: the total number of rows when both arms are equal. Rates are bounded by 0 and 1; give `bounds` for other bounded losses.
 */
export const stratifiedDifference = (strata: readonly Stratum[], bounds: Bounds | null = null): DifferenceEstimate => {
  const used = strata
    .map(({ stable, candidate }) => ({ stable: sumsOf(stable), candidate: sumsOf(candidate), isRate: "successes" in stable && "successes" in candidate }))
    .filter(({ stable, candidate }) => stable.n > 0 && candidate.n > 0);
  const isRate = used.length > 0 && used.every((stratum) => stratum.isRate);
  const stable = addSums(used.map((stratum) => stratum.stable));
  const candidate = addSums(used.map((stratum) => stratum.candidate));
  const weights = used.map((stratum) => (stratum.stable.n * stratum.candidate.n) / (stratum.stable.n + stratum.candidate.n));
  const total = sum(weights);
  const n = 4 * total;
  if (total === 0) return noDifference("no_data", n, sum(strata.map((stratum) => stratum.stable.n)), sum(strata.map((stratum) => stratum.candidate.n)));
  const range = isRate ? { min: 0, max: 1 } : bounds;
  let stableVariance = regularisedVariance(stable, range);
  let candidateVariance = regularisedVariance(candidate, range);
  if (stableVariance === null || candidateVariance === null) return noDifference("insufficient", n, stable.n, candidate.n);
  if (stableVariance + candidateVariance === 0) return noDifference("constant", n, stable.n, candidate.n);
  if (!isRate && candidate.n < stable.n) candidateVariance = Math.max(candidateVariance, stableVariance);
  if (!isRate && stable.n < candidate.n) stableVariance = Math.max(candidateVariance, stableVariance);
  let difference = 0;
  let stableSpread = 0;
  let candidateSpread = 0;
  used.forEach((stratum, i) => {
    const share = (weights[i] ?? 0) / total;
    difference += share * (stratum.candidate.sum / stratum.candidate.n - stratum.stable.sum / stratum.stable.n);
    stableSpread += (share * share) / stratum.stable.n;
    candidateSpread += (share * share) / stratum.candidate.n;
  });
  const counts = (sums: Sums): RateCounts => ({ n: sums.n, k: sums.sum });
  const rates: RateDetail | null = isRate
    ? {
        stable: (stable.sum + 1) / (stable.n + 2),
        candidate: (candidate.sum + 1) / (candidate.n + 2),
        stableSpread,
        candidateSpread,
        strata: used.map((stratum) => ({ stable: counts(stratum.stable), candidate: counts(stratum.candidate) })),
      }
    : null;
  const se = Math.sqrt(stableSpread * stableVariance + candidateSpread * candidateVariance);
  return { difference, se, n, stableN: stable.n, candidateN: candidate.n, rates, status: "ok" };
};
