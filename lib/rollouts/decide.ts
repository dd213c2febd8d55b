import type { ArmTotals, PairTotals } from "@/lib/monitoring/server";
import { foldSequentialSrm, startSequentialSrm, sum } from "@/lib/stats";

import { type Estimates, judgeAgreement, judgeErrorRate, judgeLatency, judgeLoss, judgePairedLoss } from "./guardrails";
import type { GuardrailPlan, RolloutPlan, RolloutPlanStep } from "./plan";
import type { GuardrailVerdict, VerdictDocument } from "./schema";

/** Both arms under one route: the unit of stratification, because the weights and the stream may differ between routes. */
export type Stratum = { routeNumber: number; stepIndex: number; candidateWeightBp: number; stable: ArmTotals | null; candidate: ArmTotals | null };

type Step<Kind> = Extract<RolloutPlanStep, { kind: Kind }>;
export type JudgeInput =
  | { kind: "canary"; plan: RolloutPlan; step: Step<"canary">; stepIndex: number; strata: Stratum[] }
  | { kind: "shadow"; plan: RolloutPlan; step: Step<"shadow">; stable: ArmTotals[]; shadow: ArmTotals[]; pairs: PairTotals };

export const emptyPair: PairTotals = { pairs: 0, agreed: 0, labelledPairs: 0, lossDiffSum: 0, lossDiffSumSquares: 0, onlyStableRight: 0, onlyShadowRight: 0 };
const emptyArm: ArmTotals = { requests: 0, errors: 0, units: 0, labelled: 0, lossSum: 0, lossSumSquares: 0, latency: {} };

/** Failures of all of the first so many requests need no statistics. */
const floorRequests = 20;

/** Judges everything a step has measured so far. Valid at every look: each bound is of an always-valid sequence. */
export const judge = (input: JudgeInput): VerdictDocument => (input.kind === "canary" ? judgeCanary(input) : judgeShadow(input));

const judgeCanary = ({ plan, step, stepIndex, strata }: Extract<JudgeInput, { kind: "canary" }>): VerdictDocument => {
  const arms = strata.map((stratum) => ({ stable: stratum.stable ?? emptyArm, candidate: stratum.candidate ?? emptyArm }));
  const here = strata.filter((stratum) => stratum.stepIndex === stepIndex);
  const ofStep = (side: "stable" | "candidate") => sum(here.map((stratum) => stratum[side]?.requests ?? 0));
  const requests = { stable: ofStep("stable"), candidate: ofStep("candidate"), needed: step.minRequests };
  const estimates = (plan_: GuardrailPlan): Estimates => ({ arms, harmAlpha: plan_.alpha / Math.max(1, plan.guardrails.length), tuningN: tuningOf(step.minRequests) });
  const guardrails = plan.guardrails.flatMap((guardrail): GuardrailVerdict[] => {
    switch (guardrail.metric) {
      case "error_rate":
        return [judgeErrorRate(guardrail, estimates(guardrail))];
      case "latency_p95":
      case "latency_p99":
        return [judgeLatency(guardrail, estimates(guardrail))];
      case "loss":
        return [judgeLoss(guardrail, estimates(guardrail))];
      case "agreement":
        return [];
    }
  });
  const hasRequests = weightIsWhole(step) ? requests.candidate >= step.minRequests : Math.min(requests.stable, requests.candidate) >= step.minRequests;
  return conclude(guardrails, judgeSplit(plan, here), requests, hasRequests, floor(here.map((stratum) => stratum.candidate ?? emptyArm)));
};

const judgeShadow = ({ plan, step, stable, shadow, pairs }: Extract<JudgeInput, { kind: "shadow" }>): VerdictDocument => {
  const merged = { stable: mergeTotals(stable), candidate: mergeTotals(shadow) };
  const requests = { stable: pairs.pairs, candidate: pairs.pairs, needed: step.minPairs };
  const estimates = (guardrail: GuardrailPlan): Estimates => ({ arms: [merged], harmAlpha: guardrail.alpha / Math.max(1, plan.guardrails.length), tuningN: tuningOf(step.minPairs) });
  const guardrails = plan.guardrails.map((guardrail): GuardrailVerdict => {
    switch (guardrail.metric) {
      case "error_rate":
        return judgeErrorRate(guardrail, estimates(guardrail));
      case "latency_p95":
      case "latency_p99":
        return judgeLatency(guardrail, estimates(guardrail));
      case "loss":
        return judgePairedLoss(guardrail, pairs, merged, estimates(guardrail));
      case "agreement":
        return judgeAgreement(pairs, guardrail);
    }
  });
  // Agreement is always shown; it guards only with a margin on the plan.
  if (!plan.guardrails.some((guardrail) => guardrail.metric === "agreement")) guardrails.push(judgeAgreement(pairs, null));
  return conclude(guardrails, null, requests, pairs.pairs >= step.minPairs, floor(shadow));
};

/** Watches the time after promotion, when nothing runs beside the new version: only plain failure is judged, against the canary's stable arm. */
export const judgeAfterPromotion = (plan: RolloutPlan, before: ArmTotals[], after: ArmTotals[]): VerdictDocument => {
  const arms = [{ stable: mergeTotals(before), candidate: mergeTotals(after) }];
  const requests = { stable: arms[0]?.stable.requests ?? 0, candidate: arms[0]?.candidate.requests ?? 0, needed: 0 };
  const guardrails = plan.guardrails.flatMap((guardrail) => (guardrail.metric === "error_rate" && requests.stable > 0 ? [judgeErrorRate(guardrail, { arms, harmAlpha: guardrail.alpha, tuningN: 5_000 }, true)] : []));
  return conclude(guardrails, null, requests, true, floor(after));
};

const weightIsWhole = (step: Step<"canary">): boolean => step.weightPercent >= 100;
/** The n at which the sequences are tightest, fixed by the plan before the first look. */
const tuningOf = (needed: number): number => Math.min(20_000, Math.max(500, 4 * needed));

export const mergeTotals = (arms: readonly ArmTotals[]): ArmTotals =>
  arms.reduce<ArmTotals>(
    (total, arm) => ({
      requests: total.requests + arm.requests,
      errors: total.errors + arm.errors,
      units: total.units + arm.units,
      labelled: total.labelled + arm.labelled,
      lossSum: total.lossSum + arm.lossSum,
      lossSumSquares: total.lossSumSquares + arm.lossSumSquares,
      latency: Object.entries(arm.latency).reduce((buckets, [bucket, count]) => ({ ...buckets, [bucket]: (buckets[bucket] ?? 0) + count }), total.latency),
    }),
    emptyArm,
  );

const floor = (arms: readonly ArmTotals[]): string | null => {
  const { requests, errors } = mergeTotals(arms);
  return requests >= floorRequests && errors === requests ? `Every one of its ${requests} requests failed.` : null;
};

/** Sample-ratio check of the current step by routing units: the sequential Dirichlet-multinomial test, valid at every look. */
const judgeSplit = (plan: RolloutPlan, here: readonly Stratum[]): VerdictDocument["split"] => {
  const method = "Sequential Dirichlet-multinomial test of routing units";
  const measured = here.filter((stratum) => stratum.candidateWeightBp > 0 && stratum.candidateWeightBp < 10_000);
  const units = measured.map((stratum) => ({ stable: stratum.stable?.units ?? 0, candidate: stratum.candidate?.units ?? 0, share: stratum.candidateWeightBp / 10_000 }));
  const n = sum(units.map((unit) => unit.stable + unit.candidate));
  if (n === 0) return null;
  const p = Math.min(...units.map((unit) => foldSequentialSrm(startSequentialSrm([1 - unit.share, unit.share]), [unit.stable, unit.candidate]).p));
  const planned = sum(units.map((unit) => unit.share * (unit.stable + unit.candidate))) / n;
  return { isValid: p >= plan.srmAlpha, p, observedShare: sum(units.map((unit) => unit.candidate)) / n, plannedShare: planned, n, method };
};

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Harm beats everything, then a broken split, then missing data, then doubt; safe is what remains. */
const conclude = (guardrails: GuardrailVerdict[], split: VerdictDocument["split"], requests: VerdictDocument["requests"], hasRequests: boolean, floorReason: string | null): VerdictDocument => {
  const guarding = guardrails.filter((guardrail) => guardrail.guards);
  const first = (verdict: GuardrailVerdict["verdict"]) => guarding.find((guardrail) => guardrail.verdict === verdict);
  const document = (overall: VerdictDocument["overall"], reason: string): VerdictDocument => ({ schemaVersion: 1, overall, reason, hasEnough: hasRequests, guardrails, split, requests });
  if (floorReason) return document("harmful", floorReason);
  const harmful = first("harmful");
  if (harmful) return document("harmful", `${harmful.title}: ${harmful.reason}`);
  if (split && !split.isValid) return document("invalid", `The traffic split is broken: ${percent(split.observedShare ?? 0)} observed, ${percent(split.plannedShare ?? 0)} planned (p ${(split.p ?? 0).toExponential(1)}). No comparison is valid until the cause is found.`);
  const silent = first("no_data");
  if (requests.candidate === 0 || silent) return document("no_data", silent && requests.candidate > 0 ? `${silent.title}: ${silent.reason}` : "No request has reached the version under test yet.");
  const undecided = first("undecided");
  if (undecided) return document("undecided", `${undecided.title}: ${undecided.reason}`);
  if (!hasRequests) return document("undecided", `${Math.min(requests.stable, requests.candidate)} of ${requests.needed} needed requests so far.`);
  return document("safe", `${guarding.length} of ${guarding.length} guardrails are safe.`);
};
