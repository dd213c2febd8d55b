import { z } from "zod";

const seconds = (max: number) => z.number().int().min(0).max(max);
const deadline = { bakeSeconds: seconds(604_800).default(600), deadlineSeconds: seconds(1_209_600).default(3_600) };
const onUndecided = z.enum(["hold", "advance", "roll_back"]).default("hold");

const ShadowStep = z.strictObject({
  kind: z.literal("shadow"),
  mirrorPercent: z.number().gt(0).max(100),
  minPairs: z.number().int().min(20).default(300),
  ...deadline,
  onUndecided,
});
const CanaryStep = z.strictObject({
  kind: z.literal("canary"),
  weightPercent: z.number().min(0.01).max(100),
  /** Smallest number of requests of each arm before a verdict. */
  minRequests: z.number().int().min(20).default(300),
  ...deadline,
  onUndecided,
});
const GateStep = z.strictObject({ kind: z.literal("gate"), note: z.string().max(200).optional() });

export const RolloutPlanStep = z.discriminatedUnion("kind", [ShadowStep, CanaryStep, GateStep]);

const alpha = z.number().gt(0).max(0.2).default(0.05);
export const GuardrailPlan = z.discriminatedUnion("metric", [
  z.strictObject({ metric: z.literal("error_rate"), margin: z.number().gt(0).max(1), alpha }),
  z.strictObject({ metric: z.literal("latency_p95"), marginMs: z.number().gt(0), alpha }),
  z.strictObject({ metric: z.literal("latency_p99"), marginMs: z.number().gt(0), alpha }),
  z.strictObject({ metric: z.literal("loss"), margin: z.number().gt(0), alpha, minLabels: z.number().int().min(20).default(100) }),
  z.strictObject({ metric: z.literal("agreement"), margin: z.number().gt(0).max(1), alpha }),
]);

/** How an endpoint gets from one version to another: the steps, what guards each of them, how long the way back stays warm. */
export const RolloutPlan = z
  .strictObject({
    steps: z.array(RolloutPlanStep).max(20).default([]),
    guardrails: z.array(GuardrailPlan).max(5).default([]),
    srmAlpha: z.number().gt(0).max(0.05).default(0.001),
    prepareDeadlineSeconds: seconds(86_400).default(300),
    postBakeSeconds: seconds(604_800).default(600),
    warmSeconds: seconds(2_592_000).default(86_400),
  })
  .superRefine((plan, issues) => {
    const weights = plan.steps.flatMap((step) => (step.kind === "canary" ? [step.weightPercent] : []));
    if (weights.some((weight, index) => index > 0 && weight < (weights[index - 1] ?? 0))) issues.addIssue({ code: "custom", path: ["steps"], message: "canary weights may only grow from step to step" });
    plan.steps.forEach((step, index) => {
      if (step.kind !== "gate" && step.deadlineSeconds < step.bakeSeconds) issues.addIssue({ code: "custom", path: ["steps", index, "deadlineSeconds"], message: "a step's deadline can't come before the end of its bake time" });
    });
    const metrics = plan.guardrails.map((guardrail) => guardrail.metric);
    if (new Set(metrics).size !== metrics.length) issues.addIssue({ code: "custom", path: ["guardrails"], message: "each metric may guard once" });
    const judged = plan.steps.some((step) => step.kind !== "gate");
    if (judged && plan.guardrails.length === 0) issues.addIssue({ code: "custom", path: ["guardrails"], message: "a plan with steps to judge needs at least one guardrail" });
  });

export type RolloutPlan = z.infer<typeof RolloutPlan>;
export type RolloutPlanStep = z.infer<typeof RolloutPlanStep>;
export type GuardrailPlan = z.infer<typeof GuardrailPlan>;
export type GuardrailMetric = GuardrailPlan["metric"];

export const rolloutStrategies = ["shadow", "canary", "blue_green", "all_at_once", "rollback"] as const;
export type RolloutStrategy = (typeof rolloutStrategies)[number];

const guardrails: GuardrailPlan[] = [
  { metric: "error_rate", margin: 0.01, alpha: 0.05 },
  { metric: "latency_p95", marginMs: 50, alpha: 0.05 },
  { metric: "loss", margin: 0.03, alpha: 0.05, minLabels: 100 },
];
const bake = { bakeSeconds: 600, deadlineSeconds: 7_200, onUndecided: "hold" as const };

/** The plan that a strategy starts from when the caller gives none; every field can be changed before the start. */
export const defaultPlan = (strategy: RolloutStrategy): RolloutPlan => {
  const ends = { srmAlpha: 0.001, prepareDeadlineSeconds: 300, postBakeSeconds: 600, warmSeconds: 86_400 };
  const shadow = { kind: "shadow" as const, mirrorPercent: 100, minPairs: 300, ...bake };
  const canary = (weightPercent: number) => ({ kind: "canary" as const, weightPercent, minRequests: 300, ...bake });
  switch (strategy) {
    case "shadow":
      return { steps: [shadow], guardrails, ...ends, postBakeSeconds: 0 };
    case "canary":
      return { steps: [shadow, canary(5), canary(25), canary(50)], guardrails, ...ends };
    case "blue_green":
      return { steps: [], guardrails: [], ...ends };
    case "all_at_once":
    case "rollback":
      return { steps: [], guardrails: [], ...ends, postBakeSeconds: 0 };
  }
};

/** Basis points of a percentage; routes carry integers. */
export const toBasisPoints = (percent: number): number => Math.round(percent * 100);
