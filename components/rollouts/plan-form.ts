import type { GuardrailPlan, RolloutPlan, RolloutPlanStep, RolloutStrategy } from "@/lib/rollouts";

/** The form's own shape: text as it is typed; parsed and checked against the plan's schema when it is sent. */
export type StepDraft = { key: number; kind: "shadow" | "canary" | "gate"; share: string; needed: string; bakeSeconds: string; deadlineSeconds: string; onUndecided: "hold" | "advance" | "roll_back" };
export type GuardrailDraft = { metric: GuardrailPlan["metric"]; isOn: boolean; margin: string };
export type PlanDraft = { steps: StepDraft[]; guardrails: GuardrailDraft[]; postBakeSeconds: string; warmSeconds: string };

let nextKey = 0;

const toStep = (step: RolloutPlanStep): StepDraft => ({
  key: nextKey++,
  kind: step.kind,
  share: step.kind === "shadow" ? String(step.mirrorPercent) : step.kind === "canary" ? String(step.weightPercent) : "",
  needed: step.kind === "shadow" ? String(step.minPairs) : step.kind === "canary" ? String(step.minRequests) : "",
  bakeSeconds: step.kind === "gate" ? "" : String(step.bakeSeconds),
  deadlineSeconds: step.kind === "gate" ? "" : String(step.deadlineSeconds),
  onUndecided: step.kind === "gate" ? "hold" : step.onUndecided,
});

const offered: readonly GuardrailPlan["metric"][] = ["error_rate", "latency_p95", "latency_p99", "loss", "agreement"];
const fallback: Record<GuardrailPlan["metric"], string> = { error_rate: "1", latency_p95: "50", latency_p99: "100", loss: "3", agreement: "10" };

export const guardrailWords: Record<GuardrailPlan["metric"], { title: string; unit: string }> = {
  error_rate: { title: "Error rate may grow by", unit: "percentage points" },
  latency_p95: { title: "p95 latency may grow by", unit: "ms" },
  latency_p99: { title: "p99 latency may grow by", unit: "ms" },
  loss: { title: "Loss by labels may grow by", unit: "percentage points" },
  agreement: { title: "Answers may differ (shadow) in", unit: "% of pairs" },
};

export const toDraft = (plan: RolloutPlan): PlanDraft => ({
  steps: plan.steps.map(toStep),
  guardrails: offered.map((metric) => {
    const found = plan.guardrails.find((guardrail) => guardrail.metric === metric);
    return { metric, isOn: found !== undefined, margin: found === undefined ? fallback[metric] : "marginMs" in found ? String(found.marginMs) : String(Math.round(found.margin * 10_000) / 100) };
  }),
  postBakeSeconds: String(plan.postBakeSeconds),
  warmSeconds: String(plan.warmSeconds),
});

export const newStep = (kind: StepDraft["kind"]): StepDraft => ({ key: nextKey++, kind, share: kind === "shadow" ? "100" : kind === "canary" ? "50" : "", needed: kind === "gate" ? "" : "300", bakeSeconds: kind === "gate" ? "" : "600", deadlineSeconds: kind === "gate" ? "" : "7200", onUndecided: "hold" });

const number = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));

/** The plan that the form describes, unchecked: the schema names what is wrong. */
export const fromDraft = (draft: PlanDraft, base: RolloutPlan): unknown => ({
  ...base,
  steps: draft.steps.map((step) => {
    if (step.kind === "gate") return { kind: "gate" };
    const shared = { bakeSeconds: number(step.bakeSeconds), deadlineSeconds: number(step.deadlineSeconds), onUndecided: step.onUndecided };
    return step.kind === "shadow" ? { kind: "shadow", mirrorPercent: number(step.share), minPairs: number(step.needed), ...shared } : { kind: "canary", weightPercent: number(step.share), minRequests: number(step.needed), ...shared };
  }),
  guardrails: draft.guardrails.filter((guardrail) => guardrail.isOn).map(({ metric, margin }) => (metric === "latency_p95" || metric === "latency_p99" ? { metric, marginMs: number(margin) } : { metric, margin: number(margin) / 100 })),
  postBakeSeconds: number(draft.postBakeSeconds),
  warmSeconds: number(draft.warmSeconds),
});

/** Least time that a plan takes from its first step to promotion, in seconds. */
export const shortestSeconds = (draft: PlanDraft): number => draft.steps.reduce((total, step) => total + (number(step.bakeSeconds) || 0), 0);

export const strategyWords: Record<Exclude<RolloutStrategy, "rollback">, { label: string; hint: string }> = {
  canary: { label: "Canary", hint: "Shadow first, then a growing share; each step judged" },
  shadow: { label: "Shadow only", hint: "Live requests mirrored, nobody is served by it" },
  blue_green: { label: "Blue/green", hint: "All traffic at once, the former version stays warm" },
  all_at_once: { label: "All at once", hint: "No comparison; right for a first version" },
};
