import type { ArmTotals, PairTotals } from "@/lib/monitoring/server";
import { agreementSequence, type DifferenceEstimate, LogHistogram, lowerOneSided, pairedMeanSequence, quantileDifferenceSequence, stratifiedDifference, sum, upperOneSided } from "@/lib/stats";

import type { GuardrailPlan } from "./plan";
import type { GuardrailVerdict } from "./schema";

/** Arms by stratum; harm is read at `harmAlpha` (Bonferroni over the guardrails), safety at the guardrail's own alpha (intersection-union). */
export type Estimates = { arms: { stable: ArmTotals; candidate: ArmTotals }[]; harmAlpha: number; tuningN: number };

type Plan<Metric> = Extract<GuardrailPlan, { metric: Metric }>;

/** Rows of the smaller arm from which the asymptotic sequences may be read. */
export const asymptoticMinimum = 100;

const words = (value: number, unit: GuardrailVerdict["unit"]): string =>
  unit === "ms" ? `${value >= 0 ? "+" : "−"}${Math.abs(value).toFixed(1)} ms` : `${value >= 0 ? "+" : "−"}${(Math.abs(value) * 100).toFixed(1)} pp`;

/** The bounds that are judged are the bounds that are shown: harm is read from `harmLower`, safety from `safeUpper`. */
type Bounds = { estimate: number | null; harmLower: number | null; safeUpper: number | null };

const missing = (have: number, needed: number, what: string) => ({ verdict: "undecided" as const, reason: `${have} of ${needed} ${what} needed for a verdict.` });

/** Reads bounds against an upper limit: wholly beyond = harmful, wholly inside = safe, else undecided. */
const readBounds = (bounds: Bounds, limit: number, unit: GuardrailVerdict["unit"]): { verdict: GuardrailVerdict["verdict"]; reason: string } => {
  if (bounds.harmLower !== null && bounds.harmLower > limit) return { verdict: "harmful", reason: `at least ${words(bounds.harmLower, unit)} worse than stable, the limit is ${words(limit, unit)}.` };
  if (bounds.safeUpper !== null && bounds.safeUpper < limit) return { verdict: "safe", reason: `at most ${words(bounds.safeUpper, unit)}, the limit is ${words(limit, unit)}.` };
  if (bounds.safeUpper === null) return { verdict: "undecided", reason: "too few requests to bound the difference." };
  return { verdict: "undecided", reason: `could still be ${words(bounds.safeUpper, unit)}; the limit is ${words(limit, unit)}.` };
};

const sequenceBounds = (estimate: DifferenceEstimate, guardrail: { alpha: number }, { harmAlpha, tuningN }: Estimates): Bounds => {
  return { estimate: estimate.difference, harmLower: lowerOneSided(estimate, harmAlpha, tuningN), safeUpper: upperOneSided(estimate, guardrail.alpha, tuningN) };
};

const ratio = (top: number, bottom: number): number | null => (bottom === 0 ? null : top / bottom);
const difference = ({ estimate, harmLower, safeUpper }: Bounds) => ({ value: estimate, lower: harmLower, upper: safeUpper });
const level = (alpha: number): string => `${Number(((1 - alpha) * 100).toFixed(1))} %`;
/** The two levels of a row: the lower bound proves harm, the upper one safety. */
const levels = (alpha: number, harmAlpha: number): string => `lower bound at ${level(harmAlpha)} (harm, over all guardrails), upper bound at ${level(alpha)} (safety)`;
const sequenceMethod = (alpha: number, harmAlpha: number): string => `Confidence sequence (asymptotic with score bounds, and exact), stratified by route; ${levels(alpha, harmAlpha)}`;

export const judgeErrorRate = (guardrail: Plan<"error_rate">, input: Estimates, isAfterPromotion = false): GuardrailVerdict => {
  const { arms } = input;
  const count = (side: "stable" | "candidate", field: "requests" | "errors") => sum(arms.map((arm) => arm[side][field]));
  const n = { stable: count("stable", "requests"), candidate: count("candidate", "requests") };
  const estimate = stratifiedDifference(arms.map((arm) => ({ stable: { n: arm.stable.requests, successes: arm.stable.errors }, candidate: { n: arm.candidate.requests, successes: arm.candidate.errors } })));
  const bounds = sequenceBounds(estimate, guardrail, input);
  const smaller = Math.min(n.stable, n.candidate);
  const read = n.candidate === 0 ? { verdict: "no_data" as const, reason: "no request has reached it yet." } : smaller < asymptoticMinimum ? missing(smaller, asymptoticMinimum, "requests of each arm") : readBounds(bounds, guardrail.margin, "share");
  return {
    metric: guardrail.metric,
    title: "Error rate",
    subtitle: isAfterPromotion ? "failed / requests, since promotion" : "failed / requests",
    unit: "share",
    ...read,
    stable: { value: ratio(count("stable", "errors"), n.stable), n: n.stable },
    candidate: { value: ratio(count("candidate", "errors"), n.candidate), n: n.candidate },
    difference: difference(bounds),
    limit: guardrail.margin,
    harmfulSide: "above",
    guards: true,
    alpha: guardrail.alpha,
    method: sequenceMethod(guardrail.alpha, input.harmAlpha),
  };
};

const histogramOf = (arms: readonly ArmTotals[]): LogHistogram => arms.reduce((all, arm) => all.merge(LogHistogram.fromCounts(arm.latency) ?? new LogHistogram()), new LogHistogram());

export const judgeLatency = (guardrail: Plan<"latency_p95"> | Plan<"latency_p99">, input: Estimates): GuardrailVerdict => {
  const q = guardrail.metric === "latency_p95" ? 0.95 : 0.99;
  const stable = histogramOf(input.arms.map((arm) => arm.stable));
  const candidate = histogramOf(input.arms.map((arm) => arm.candidate));
  const at = (alpha: number) => quantileDifferenceSequence({ stable, candidate, q, alpha });
  const safe = at(2 * guardrail.alpha).difference;
  const bounds: Bounds = { estimate: safe.estimate, harmLower: at(2 * input.harmAlpha).difference.lower, safeUpper: safe.upper };
  const read = candidate.n === 0 ? { verdict: "no_data" as const, reason: "no answer has been timed yet." } : readBounds(bounds, guardrail.marginMs, "ms");
  return {
    metric: guardrail.metric,
    title: q === 0.95 ? "p95 latency" : "p99 latency",
    subtitle: "at the gateway",
    unit: "ms",
    ...read,
    stable: { value: stable.quantile(q), n: stable.n },
    candidate: { value: candidate.quantile(q), n: candidate.n },
    difference: difference(bounds),
    limit: guardrail.marginMs,
    harmfulSide: "above",
    guards: true,
    alpha: guardrail.alpha,
    method: `Exact quantile sequence, beta-binomial inversion, the level split over both arms; ${levels(guardrail.alpha, input.harmAlpha)}`,
  };
};

const lossRow = (guardrail: Plan<"loss">, labelled: { stable: number; candidate: number }, means: { stable: number | null; candidate: number | null }, bounds: Bounds, method: string): GuardrailVerdict => {
  const smaller = Math.min(labelled.stable, labelled.candidate);
  const needed = Math.max(guardrail.minLabels, asymptoticMinimum);
  const read = smaller === 0 ? { verdict: "no_data" as const, reason: "no labels yet." } : smaller < needed ? missing(smaller, needed, "labelled predictions of each arm") : readBounds(bounds, guardrail.margin, "loss");
  return {
    metric: guardrail.metric,
    title: "Loss by labels",
    subtitle: "wrong / labelled answers",
    unit: "loss",
    ...read,
    stable: { value: means.stable, n: labelled.stable },
    candidate: { value: means.candidate, n: labelled.candidate },
    difference: difference(bounds),
    limit: guardrail.margin,
    harmfulSide: "above",
    guards: true,
    alpha: guardrail.alpha,
    method,
  };
};

export const judgeLoss = (guardrail: Plan<"loss">, input: Estimates): GuardrailVerdict => {
  // Losses of 0 and 1 are a rate, which has exact bounds as well.
  const isRate = input.arms.every(({ stable, candidate }) => stable.lossSum === stable.lossSumSquares && candidate.lossSum === candidate.lossSumSquares);
  const toArm = (arm: ArmTotals) => (isRate ? { n: arm.labelled, successes: arm.lossSum } : { n: arm.labelled, sum: arm.lossSum, sumSquares: arm.lossSumSquares });
  const estimate = stratifiedDifference(input.arms.map((arm) => ({ stable: toArm(arm.stable), candidate: toArm(arm.candidate) })), { min: 0, max: 1 });
  const labelled = { stable: sum(input.arms.map((arm) => arm.stable.labelled)), candidate: sum(input.arms.map((arm) => arm.candidate.labelled)) };
  const means = { stable: ratio(sum(input.arms.map((arm) => arm.stable.lossSum)), labelled.stable), candidate: ratio(sum(input.arms.map((arm) => arm.candidate.lossSum)), labelled.candidate) };
  return lossRow(guardrail, labelled, means, sequenceBounds(estimate, guardrail, input), sequenceMethod(guardrail.alpha, input.harmAlpha));
};

/** In the shadow both versions answer the same request, so their losses are compared pair by pair. */
export const judgePairedLoss = (guardrail: Plan<"loss">, pairs: PairTotals, arms: { stable: ArmTotals; candidate: ArmTotals }, input: Estimates): GuardrailVerdict => {
  const rows = { n: pairs.labelledPairs, sum: pairs.lossDiffSum, sumSquares: pairs.lossDiffSumSquares, bounds: { min: -1, max: 1 } };
  const shown = pairedMeanSequence({ ...rows, alpha: guardrail.alpha, tuningN: input.tuningN });
  const harm = lowerOneSided(shown, input.harmAlpha, input.tuningN);
  const safe = upperOneSided(shown, guardrail.alpha, input.tuningN);
  const bounds: Bounds = { estimate: shown.difference, harmLower: harm, safeUpper: safe };
  const labelled = { stable: pairs.labelledPairs, candidate: pairs.labelledPairs };
  const means = { stable: ratio(arms.stable.lossSum, arms.stable.labelled), candidate: ratio(arms.candidate.lossSum, arms.candidate.labelled) };
  return lossRow(guardrail, labelled, means, bounds, `Asymptotic confidence sequence of paired differences; ${levels(guardrail.alpha, input.harmAlpha)}`);
};

export const judgeAgreement = (pairs: PairTotals, guardrail: Plan<"agreement"> | null): GuardrailVerdict => {
  const alpha = guardrail?.alpha ?? 0.05;
  const interval = agreementSequence(pairs.agreed, pairs.pairs, alpha);
  const disagreement = { value: interval.estimate === null ? null : interval.estimate - 1, lower: interval.lower === null ? null : interval.lower - 1, upper: interval.upper === null ? null : interval.upper - 1 };
  const limit = -(guardrail?.margin ?? 1);
  const read = ((): { verdict: GuardrailVerdict["verdict"]; reason: string } => {
    if (disagreement.lower === null || disagreement.upper === null) return { verdict: "no_data", reason: "no pair of answers yet." };
    if (disagreement.upper < limit) return { verdict: "harmful", reason: `answers differ in at least ${words(-disagreement.upper, "share")} of pairs.` };
    if (disagreement.lower > limit) return { verdict: "safe", reason: guardrail ? "answers agree within the margin." : "shown for information; no margin is set on the plan." };
    return { verdict: "undecided", reason: `answers could still differ in ${words(-disagreement.lower, "share")} of pairs.` };
  })();
  return {
    metric: "agreement",
    title: "Agreement",
    subtitle: "same answer, pair by pair",
    unit: "share",
    ...read,
    stable: { value: null, n: pairs.pairs },
    candidate: { value: interval.estimate, n: pairs.pairs },
    difference: disagreement,
    limit,
    harmfulSide: "below",
    guards: guardrail !== null,
    alpha,
    method: `${((1 - alpha) * 100).toFixed(0)} % exact beta-binomial confidence sequence`,
  };
};
