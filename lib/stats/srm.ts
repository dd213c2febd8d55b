import { at, sum } from "./arrays";
import { chiSquareSf } from "./chi-square";
import { logRisingFactorial } from "./gamma";
import { requireSameLength, type UndefinedReason } from "./result";

export const srmAlarmP = 0.001;

export type SrmResult =
  | { statistic: number; df: number; p: number; alarm: boolean; status: "ok" }
  | { statistic: null; df: null; p: null; alarm: false; status: UndefinedReason };

/**
 * Sample ratio mismatch at a fixed time: chi-square of the counts per arm against the shares of the weights; alarm at p < 0.001.
 * Weights need not be normalised; an arm of weight 0 with rows gives statistic Infinity. A. Fabijan et al., KDD 2019.
 */
export const srmChiSquare = (observed: readonly number[], expectedWeights: readonly number[]): SrmResult => {
  requireSameLength(observed, expectedWeights, "observed and expectedWeights");
  const total = sum(observed);
  const weight = sum(expectedWeights);
  const arms = observed.filter((count, i) => count > 0 || at(expectedWeights, i) > 0).length;
  if (total <= 0 || weight <= 0 || arms < 2) return { statistic: null, df: null, p: null, alarm: false, status: total <= 0 ? "no_data" : "insufficient" };
  let statistic = 0;
  observed.forEach((count, i) => {
    const expected = (total * at(expectedWeights, i)) / weight;
    if (expected > 0) statistic += (count - expected) ** 2 / expected;
    else if (count > 0) statistic = Infinity;
  });
  const p = chiSquareSf(statistic, arms - 1);
  return { statistic, df: arms - 1, p, alarm: p < srmAlarmP, status: "ok" };
};

/** State of the sequential test; plain JSON, so a row can hold it between ticks. */
export type SequentialSrmState = {
  /** Expected share of each arm, sums to 1. */
  shares: number[];
  /** Dirichlet parameters: concentration * share plus what was counted since the weights last changed. */
  pseudoCounts: number[];
  concentration: number;
  logBayesFactor: number;
  /** Always-valid p: running minimum of 1 / Bayes factor, at most 1. */
  p: number;
  n: number;
};

/** Starts the sequential SRM test for arms with the given weights (any scale). */
export const startSequentialSrm = (expectedWeights: readonly number[], concentration = 10_000): SequentialSrmState => {
  const total = sum(expectedWeights);
  const shares = expectedWeights.map((weight) => weight / total);
  return { shares, pseudoCounts: shares.map((share) => share * concentration), concentration, logBayesFactor: 0, p: 1, n: 0 };
};

/**
 * Adds a batch of counts per arm: Dirichlet-multinomial against the fixed multinomial, log BF += lnG(A) - lnG(A+n) + sum(lnG(a+x) -
 * lnG(a)) - sum x ln(share). An arm of share 0 with rows gives p 0. M. Lindon and A. Malek, Anytime-Valid Inference for Multinomial
 * Count Data, NeurIPS 2022.
 */
export const foldSequentialSrm = (state: SequentialSrmState, counts: readonly number[]): SequentialSrmState => {
  requireSameLength(counts, state.shares, "counts and arms");
  const n = sum(counts);
  let logBayesFactor = state.logBayesFactor - logRisingFactorial(sum(state.pseudoCounts), n);
  counts.forEach((count, i) => {
    if (count === 0) return;
    const share = at(state.shares, i);
    logBayesFactor += share > 0 ? logRisingFactorial(at(state.pseudoCounts, i), count) - count * Math.log(share) : Number.MAX_VALUE;
  });
  return {
    ...state,
    pseudoCounts: state.pseudoCounts.map((value, i) => value + at(counts, i)),
    // Finite even for impossible rows, so that the state survives JSON.
    logBayesFactor: Math.min(Number.MAX_VALUE, logBayesFactor),
    p: Math.min(state.p, Math.exp(-logBayesFactor)),
    n: state.n + n,
  };
};

/** Goes on with other weights (the next step of a ramp): the evidence so far is kept, the product of e-values stays an e-value. */
export const reweighSequentialSrm = (state: SequentialSrmState, expectedWeights: readonly number[]): SequentialSrmState => ({
  ...startSequentialSrm(expectedWeights, state.concentration),
  logBayesFactor: state.logBayesFactor,
  p: state.p,
  n: state.n,
});
