import { formatId } from "@/lib/core/ids";
import type { EndpointRow, RouteAcknowledgement, RouteRow } from "@/lib/serving/server";

import { allowedActions, isEnded, type RolloutPhase } from "./machine";
import { RolloutPlan, type RolloutPlanStep, type RolloutStrategy } from "./plan";
import type { RolloutStepView, RolloutView, VerdictDocument } from "./schema";
import type { RolloutRow, StepRow } from "./store";

const titleOf = (step: RolloutPlanStep): string => (step.kind === "shadow" ? `Shadow ${step.mirrorPercent} %` : step.kind === "canary" ? `${step.weightPercent} %` : "Gate");

const stepState = (row: RolloutRow, stored: StepRow | undefined, index: number): RolloutStepView["state"] => {
  if (stored?.outcome === "passed") return "done";
  if (stored?.outcome === "skipped") return "skipped";
  if (stored?.outcome === "failed") return "failed";
  if (index < row.stepIndex) return "done";
  if (index > row.stepIndex || !stored?.startedAt) return "next";
  return row.phase === "HELD" ? "held" : isEnded(row.phase as RolloutPhase) ? "failed" : "now";
};

const seconds = (from: Date, to: Date): number => Math.max(0, Math.round((to.getTime() - from.getTime()) / 1000));

const plannedStep = (row: RolloutRow, step: RolloutPlanStep, stored: StepRow | undefined, index: number, verdict: VerdictDocument | null, now: Date): RolloutStepView => {
  const state = stepState(row, stored, index);
  const measured = (state === "now" || state === "held" ? verdict : (stored?.verdict as VerdictDocument | null | undefined)) ?? null;
  const safe = measured?.guardrails.filter((guardrail) => guardrail.guards && guardrail.verdict === "safe").length ?? 0;
  const guarding = measured?.guardrails.filter((guardrail) => guardrail.guards).length ?? 0;
  const baked = stored?.bakingSince ? seconds(stored.bakingSince, stored.endedAt ?? now) : 0;
  const bakeSeconds = step.kind === "gate" ? null : step.bakeSeconds;
  const detail =
    step.kind === "gate"
      ? state === "done" ? "let through" : (step.note ?? "a person decides")
      : state === "next" ? `${step.bakeSeconds} s, ${step.kind === "shadow" ? `${step.minPairs} pairs` : `${step.minRequests} requests each`}`
      : state === "now" || state === "held" ? `${baked} of ${step.bakeSeconds} s, ${safe} of ${guarding} safe`
      : `${safe} of ${guarding} safe`;
  return {
    index,
    kind: step.kind,
    title: titleOf(step),
    weightPercent: step.kind === "canary" ? step.weightPercent : null,
    state,
    detail,
    startedAt: stored?.startedAt?.toISOString() ?? null,
    bakingSince: stored?.bakingSince?.toISOString() ?? null,
    endedAt: stored?.endedAt?.toISOString() ?? null,
    bakeSeconds,
    progress: bakeSeconds === null || state === "next" ? null : bakeSeconds === 0 ? 1 : Math.min(1, baked / bakeSeconds),
  };
};

const bracket = (kind: "prepare" | "promote" | "post_bake", index: number, title: string, state: RolloutStepView["state"], detail: string): RolloutStepView => ({ index, kind, title, weightPercent: kind === "prepare" ? null : 100, state, detail, startedAt: null, bakingSince: null, endedAt: null, bakeSeconds: null, progress: null });

/** The ramp of a rollout: preparation, the plan's steps, promotion, the judging window after it. */
export const toStepViews = (row: RolloutRow, plan: RolloutPlan, stored: StepRow[], verdict: VerdictDocument | null, now: Date): RolloutStepView[] => {
  const phase = row.phase as RolloutPhase;
  const isPreparing = phase === "PENDING" || phase === "PREPARING";
  const wasPrepared = stored.some((step) => step.startedAt !== null) || ["PROMOTING", "POST_BAKE", "FINALIZING", "SUCCEEDED"].includes(phase);
  const steps = plan.steps.map((step, index) => plannedStep(row, step, stored.find((candidate) => candidate.index === index), index, verdict, now));
  const prepare = bracket("prepare", -1, "Prepare", isPreparing ? "now" : wasPrepared ? "done" : "failed", isPreparing ? "loading, no traffic" : wasPrepared ? "loaded and probed" : (row.reason ?? "not ready"));
  if (row.strategy === "shadow") return [prepare, ...steps];
  const isPromoted = ["POST_BAKE", "FINALIZING", "SUCCEEDED"].includes(phase);
  const promote = bracket("promote", steps.length, "100 %", phase === "PROMOTING" ? "now" : isPromoted ? "done" : "next", isPromoted ? "the stable version" : "then the pointer moves");
  if (plan.postBakeSeconds === 0) return [prepare, ...steps, promote];
  const watched = phase === "POST_BAKE" ? seconds(row.phaseSince, now) : 0;
  const post = bracket("post_bake", steps.length + 1, "Post-bake", phase === "POST_BAKE" ? "now" : phase === "FINALIZING" || phase === "SUCCEEDED" ? "done" : "next", phase === "POST_BAKE" ? `${watched} of ${plan.postBakeSeconds} s` : `${plan.postBakeSeconds} s, way back stays warm`);
  return [prepare, ...steps, promote, { ...post, progress: phase === "POST_BAKE" ? Math.min(1, watched / plan.postBakeSeconds) : null }];
};

export type RolloutViewInput = {
  row: RolloutRow;
  endpoint: EndpointRow;
  steps: StepRow[];
  verdict: { document: VerdictDocument; at: Date } | null;
  route: RouteRow | null;
  acknowledgement: RouteAcknowledgement;
  numbers: Map<string, number>;
  toDigest: string | null;
  denial: string | null;
  now: Date;
};

export const toRolloutView = ({ row, endpoint, steps, verdict, route, acknowledgement, numbers, toDigest, denial, now }: RolloutViewInput): RolloutView => {
  const plan = RolloutPlan.parse(row.plan);
  const number = (id: string | null) => (id ? (numbers.get(id) ?? null) : null);
  const allowed = allowedActions({ phase: row.phase as RolloutPhase, strategy: row.strategy as RolloutStrategy });
  const action = (reason: string | null) => ({ isAllowed: reason === null && denial === null, reason: reason ?? denial });
  return {
    id: formatId("rollout", row.id),
    endpoint: endpoint.name,
    endpointId: formatId("endpoint", endpoint.id),
    environment: endpoint.environment.name,
    isProduction: endpoint.environment.isProduction,
    model: endpoint.model.name,
    strategy: row.strategy as RolloutStrategy,
    from: number(row.fromVersionId),
    to: numbers.get(row.toVersionId) ?? 0,
    toDigest,
    requestId: row.requestId ? formatId("request", row.requestId) : null,
    phase: row.phase,
    phaseSince: row.phaseSince.toISOString(),
    reason: row.reason,
    stepIndex: row.stepIndex,
    generation: row.generation,
    attempt: row.attempt,
    plan,
    steps: toStepViews(row, plan, steps, verdict?.document ?? null, now),
    verdict: verdict?.document ?? null,
    verdictAt: verdict?.at.toISOString() ?? null,
    route: route ? { number: route.number, candidateWeightBp: route.candidateWeightBp, mirrorBp: route.mirrorBp, stable: number(route.stableVersionId), candidate: number(route.candidateVersionId ?? route.mirrorVersionId) } : null,
    appliedBy: { applied: acknowledgement.applied, live: acknowledgement.live },
    actions: { promote: action(allowed.promote), hold: action(allowed.hold), resume: action(allowed.resume), abort: action(allowed.abort), rollback: action(allowed.rollback) },
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    asOf: now.toISOString(),
  };
};
