import { oneSidedSequenceHalfWidth, oneSidedSequenceRho, sequenceHalfWidth, sequenceRho } from "./confidence-sequence";
import { noDifference, regularisedVariance, stratifiedDifference, type Bounds, type DifferenceEstimate, type RateCounts } from "./difference-estimate";
import { exactRateBounds, scoreBounds, type Range } from "./rate-bounds";
import { requireOpenUnit } from "./result";

/** "rates": score bounds and exact bounds, each at half the level; "asymptotic": the plain asymptotic sequence. */
export type SequenceMethod = "asymptotic_confidence_sequence" | "asymptotic_and_exact_rates";

/** An estimate with bounds that hold at all looks at once. Plain JSON; one-sided bounds by lowerOneSided and upperOneSided. */
export type DifferenceSequence = { method: SequenceMethod; alpha: number; tuningN: number } & (
  | (Extract<DifferenceEstimate, { status: "ok" }> & { lower: number; upper: number })
  | (Exclude<DifferenceEstimate, { status: "ok" }> & { lower: null; upper: null })
);

/** n at which the sequences are tightest unless told otherwise: 2,500 rows in each arm. */
export const defaultTuningN = 5000;

type Estimate = Extract<DifferenceEstimate, { status: "ok" }>;

/** Bounds at `multiplier` standard errors; for rates the outer of plain and score bounds. */
const asymptoticRange = (estimate: Estimate, multiplier: number): Range => {
  const { difference, se, rates } = estimate;
  const plain = { lower: difference - multiplier * se, upper: difference + multiplier * se };
  if (!rates) return plain;
  const score = scoreBounds(difference, estimate.candidateN / (estimate.stableN + estimate.candidateN), rates, multiplier);
  return { lower: Math.min(plain.lower, score.lower), upper: Math.max(plain.upper, score.upper) };
};

const rangeOf = (estimate: Estimate, alpha: number, multiplierAt: (level: number) => number): Range => {
  if (!estimate.rates) return asymptoticRange(estimate, multiplierAt(alpha));
  const asymptotic = asymptoticRange(estimate, multiplierAt(alpha / 2));
  const exact = exactRateBounds(estimate.rates, alpha / 2);
  return { lower: Math.max(asymptotic.lower, exact.lower), upper: Math.min(asymptotic.upper, exact.upper) };
};

/**
 * Two-sided confidence sequence of an estimate at level alpha: valid at every look at once (asymptotic: I. Waudby-Smith et al., arXiv
 * 2103.06476; read it from 100 rows in the smaller arm on). For rates the narrower of asymptotic and exact bounds, each at alpha/2.
 */
export const differenceSequence = (estimate: DifferenceEstimate, alpha: number, tuningN: number = defaultTuningN): DifferenceSequence => {
  requireOpenUnit(alpha, "alpha");
  const method: SequenceMethod = estimate.rates ? "asymptotic_and_exact_rates" : "asymptotic_confidence_sequence";
  if (estimate.status !== "ok") return { ...estimate, method, alpha, tuningN, lower: null, upper: null };
  const range = rangeOf(estimate, alpha, (level) => sequenceHalfWidth(1, estimate.n, level, sequenceRho(level, tuningN)));
  return { ...estimate, method, alpha, tuningN, ...range };
};

const oneSidedRange = (estimate: Estimate, alpha: number, tuningN: number): Range => {
  requireOpenUnit(2 * alpha, "2 * alpha");
  return rangeOf(estimate, alpha, (level) => oneSidedSequenceHalfWidth(1, estimate.n, level, oneSidedSequenceRho(level, tuningN)));
};

/** One-sided lower bound at level alpha, valid at every look: harm is shown when it passes the margin. null when there is no estimate. */
export const lowerOneSided = (estimate: DifferenceEstimate, alpha: number, tuningN: number = defaultTuningN): number | null =>
  estimate.status === "ok" ? oneSidedRange(estimate, alpha, tuningN).lower : null;

/** One-sided upper bound at level alpha, valid at every look: non-inferiority is shown when it falls below the margin. */
export const upperOneSided = (estimate: DifferenceEstimate, alpha: number, tuningN: number = defaultTuningN): number | null =>
  estimate.status === "ok" ? oneSidedRange(estimate, alpha, tuningN).upper : null;

export type SequenceDesign = { alpha: number; tuningN?: number };

/** Confidence sequence of the rate difference candidate - stable from n rows and k events in each arm, both under one weight. */
export const proportionDifferenceSequence = (input: { stable: RateCounts; candidate: RateCounts } & SequenceDesign): DifferenceSequence => {
  const { stable, candidate } = input;
  const strata = [{ stable: { n: stable.n, successes: stable.k }, candidate: { n: candidate.n, successes: candidate.k } }];
  return differenceSequence(stratifiedDifference(strata), input.alpha, input.tuningN);
};

type Sums = { n: number; sum: number; sumSquares: number };

/** Confidence sequence of the difference of means candidate - stable of losses given as n, sum and sum of squares; `bounds` if they have any. */
export const meanDifferenceSequence = (input: { stable: Sums; candidate: Sums; bounds?: Bounds } & SequenceDesign): DifferenceSequence =>
  differenceSequence(stratifiedDifference([{ stable: input.stable, candidate: input.candidate }], input.bounds ?? null), input.alpha, input.tuningN);

/**
 * Confidence sequence of the mean of paired differences candidate - stable (one per request id) from n, sum and sum of squares; with
 * `bounds` (-1 and 1 for differences of 0/1 outcomes) constant differences still have a width. n is the number of pairs.
 */
export const pairedMeanSequence = (input: Sums & { bounds?: Bounds } & SequenceDesign): DifferenceSequence => {
  const { n } = input;
  const variance = regularisedVariance(input, input.bounds ?? null);
  const estimate: DifferenceEstimate =
    n === 0
      ? noDifference("no_data", n, n, n)
      : variance === null || variance === 0
        ? noDifference(variance === null ? "insufficient" : "constant", n, n, n)
        : { difference: input.sum / n, se: Math.sqrt(variance / n), n, stableN: n, candidateN: n, rates: null, status: "ok" };
  return differenceSequence(estimate, input.alpha, input.tuningN);
};
