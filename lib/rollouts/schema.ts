import { z } from "zod";

import { schemaDiffSchema } from "@/lib/registry";
import { RuntimeFit } from "@/lib/serving";

import { RolloutPlan, rolloutStrategies } from "./plan";

const iso = z.iso.datetime();

export const RolloutPreviewQuery = z.object({ endpoint: z.string().max(100), environment: z.string().max(63).optional(), version: z.coerce.number().int().min(1) });
export type RolloutPreviewQuery = z.infer<typeof RolloutPreviewQuery>;
export const RolloutPreview = z.object({
  version: z.number().int(),
  release: z.object({ isAllowed: z.boolean(), reason: z.string().nullable() }),
  /** Against the version that serves now; null when none does, or it is the same. */
  schema: schemaDiffSchema.extend({ against: z.number().int() }).nullable(),
  runtime: RuntimeFit,
});
export type RolloutPreview = z.infer<typeof RolloutPreview>;

export const RolloutCreate = z.strictObject({
  endpoint: z.string().min(1).max(100),
  environment: z.string().max(63).default("production"),
  /** Number of the version of the endpoint's model. */
  version: z.number().int().positive(),
  strategy: z.enum(rolloutStrategies).exclude(["rollback"]),
  plan: RolloutPlan.optional(),
  comment: z.string().max(2000).optional(),
});
export type RolloutCreate = z.infer<typeof RolloutCreate>;

/** Why a person acts; production asks for it, the log keeps it. */
export const ReasonBody = z.strictObject({ reason: z.string().trim().min(3, "Say why in a few words; the audit log keeps it.").max(2000) });

const Estimate = z.object({ value: z.number().nullable(), n: z.number().int() });
export const GuardrailVerdict = z.object({
  metric: z.string(),
  title: z.string(),
  subtitle: z.string(),
  unit: z.enum(["share", "ms", "loss"]),
  verdict: z.enum(["safe", "harmful", "undecided", "no_data", "invalid"]),
  stable: Estimate,
  candidate: Estimate,
  difference: z.object({ value: z.number().nullable(), lower: z.number().nullable(), upper: z.number().nullable() }),
  /** The signed limit of the difference: beyond it the candidate is harmful. */
  limit: z.number(),
  /** Which side of the limit harms: loss may not grow, agreement may not fall. */
  harmfulSide: z.enum(["above", "below"]),
  guards: z.boolean(),
  alpha: z.number(),
  method: z.string(),
  reason: z.string(),
});
export type GuardrailVerdict = z.infer<typeof GuardrailVerdict>;

export const VerdictDocument = z.object({
  schemaVersion: z.literal(1),
  overall: z.enum(["safe", "harmful", "undecided", "no_data", "invalid"]),
  reason: z.string(),
  hasEnough: z.boolean(),
  guardrails: z.array(GuardrailVerdict),
  split: z.object({ isValid: z.boolean(), p: z.number().nullable(), observedShare: z.number().nullable(), plannedShare: z.number().nullable(), n: z.number().int(), method: z.string() }).nullable(),
  requests: z.object({ stable: z.number().int(), candidate: z.number().int(), needed: z.number().int() }),
});
export type VerdictDocument = z.infer<typeof VerdictDocument>;

export const RolloutStepView = z.object({
  index: z.number().int(),
  kind: z.enum(["prepare", "shadow", "canary", "gate", "promote", "post_bake"]),
  title: z.string(),
  weightPercent: z.number().nullable(),
  state: z.enum(["done", "now", "next", "failed", "held", "skipped"]),
  detail: z.string(),
  startedAt: iso.nullable(),
  bakingSince: iso.nullable(),
  endedAt: iso.nullable(),
  bakeSeconds: z.number().nullable(),
  progress: z.number().nullable(),
});
export type RolloutStepView = z.infer<typeof RolloutStepView>;

const Action = z.object({ isAllowed: z.boolean(), reason: z.string().nullable() });
export const RolloutView = z.object({
  id: z.string(),
  endpoint: z.string(),
  endpointId: z.string(),
  environment: z.string(),
  isProduction: z.boolean(),
  model: z.string(),
  strategy: z.enum(rolloutStrategies),
  from: z.number().int().nullable(),
  to: z.number().int(),
  toDigest: z.string().nullable(),
  requestId: z.string().nullable(),
  phase: z.string(),
  phaseSince: iso,
  reason: z.string().nullable(),
  stepIndex: z.number().int(),
  generation: z.number().int(),
  attempt: z.number().int(),
  plan: RolloutPlan,
  steps: z.array(RolloutStepView),
  verdict: VerdictDocument.nullable(),
  verdictAt: iso.nullable(),
  route: z.object({ number: z.number().int(), candidateWeightBp: z.number().int(), mirrorBp: z.number().int(), stable: z.number().int().nullable(), candidate: z.number().int().nullable() }).nullable(),
  appliedBy: z.object({ applied: z.number().int(), live: z.number().int() }),
  actions: z.object({ promote: Action, hold: Action, resume: Action, abort: Action, rollback: Action }),
  createdBy: z.string(),
  createdAt: iso,
  endedAt: iso.nullable(),
  asOf: iso,
});
export type RolloutView = z.infer<typeof RolloutView>;

export const RolloutSummary = RolloutView.pick({ id: true, endpoint: true, environment: true, isProduction: true, model: true, strategy: true, from: true, to: true, phase: true, phaseSince: true, reason: true, createdBy: true, createdAt: true, endedAt: true }).extend({ weightBp: z.number().int(), mirrorBp: z.number().int() });
export type RolloutSummary = z.infer<typeof RolloutSummary>;

export const VerdictPoint = z.object({ at: iso, stepIndex: z.number().int(), attempt: z.number().int(), document: VerdictDocument });
export type VerdictPoint = z.infer<typeof VerdictPoint>;
