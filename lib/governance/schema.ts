import { z } from "zod";

const iso = z.iso.datetime();
const share = z.number().min(-1e308).max(1e308);

/** A figure with its doubt. */
const Metric = z.strictObject({
  name: z.string().min(1).max(100),
  value: share,
  lower: share.optional(),
  upper: share.optional(),
  n: z.number().int().positive(),
  method: z.string().max(200).optional(),
});

/** What a run or a person measured offline about a version, against the champion where there is one. */
export const EvaluationDocument = z.strictObject({
  kind: z.literal("evaluation"),
  schemaVersion: z.literal(1),
  dataset: z.strictObject({ name: z.string().min(1).max(200), digest: z.string().regex(/^sha256:[0-9a-f]{64}$/), rows: z.number().int().positive() }),
  metrics: z.array(Metric).min(1).max(100),
  baseline: z
    .strictObject({
      model: z.string().min(1).max(256),
      role: z.string().max(100).optional(),
      /** Number of the version compared with. */
      version: z.number().int().positive().optional(),
      metrics: z.array(Metric).min(1).max(100),
      difference: Metric,
    })
    .optional(),
  producer: z.strictObject({ name: z.string().min(1).max(200), version: z.string().max(100).optional() }),
});
export type EvaluationDocument = z.infer<typeof EvaluationDocument>;

/** Model card after the Model Card Toolkit: sections of words, owners with a contact. */
export const ModelCardDocument = z.looseObject({
  kind: z.literal("model_card"),
  schemaVersion: z.literal(1),
});
export type ModelCardDocument = z.infer<typeof ModelCardDocument>;

const OtherDocument = z.looseObject({ kind: z.literal("document"), schemaVersion: z.literal(1), title: z.string().min(1).max(200) });

export const EvidenceDocument = z.discriminatedUnion("kind", [EvaluationDocument, ModelCardDocument, OtherDocument]);
export const EvidenceCreate = z.strictObject({ name: z.string().min(1).max(100).default("default"), document: EvidenceDocument });
export type EvidenceCreate = z.infer<typeof EvidenceCreate>;
export const evidenceKinds = ["evaluation", "model_card", "document"] as const;

export const EvidenceView = z.object({
  id: z.string(),
  kind: z.string(),
  name: z.string(),
  digest: z.string(),
  document: z.record(z.string(), z.unknown()),
  createdBy: z.string(),
  createdAt: iso,
  isCurrent: z.boolean(),
});
export type EvidenceView = z.infer<typeof EvidenceView>;

const title = z.string().min(1).max(100);
export const PolicyCheck = z.discriminatedUnion("key", [
  z.strictObject({
    key: z.literal("inspection"),
    title,
    required: z.boolean(),
    /** Whether a model may pass whose loading runs code of its maker (a Python pickle). Absent in policies of before: it may not. */
    allowCodeExecution: z.boolean().optional(),
  }),
  z.strictObject({
    key: z.literal("evaluation"),
    title,
    required: z.boolean(),
    metric: z.string().min(1).max(100),
    minRows: z.number().int().min(1),
    /** How much worse than the champion the metric's lower bound may be. */
    maxLoss: z.number().min(0).max(1),
  }),
  z.strictObject({ key: z.literal("model_card"), title, required: z.boolean(), sections: z.array(z.string().min(1).max(100)).max(30) }),
]);
export type PolicyCheck = z.infer<typeof PolicyCheck>;

/** Stages of MLflow's wire that a policy can protect. */
export const protectableStages = ["Staging", "Production"] as const;
/** Names for readers that only a version that may be released into the environment can take. */
export const Protection = z.strictObject({
  aliases: z.array(z.string().regex(/^[\w-]{1,255}$/, "holds letters, digits, underscores and hyphens")).max(50),
  stages: z.array(z.enum(protectableStages)).max(protectableStages.length),
});
export type Protection = z.infer<typeof Protection>;

/** What an environment asks for before a version may receive its traffic, mirrored or served. */
export const PolicyDocument = z.strictObject({
  checks: z.array(PolicyCheck).max(20),
  approvals: z.strictObject({
    minimum: z.number().int().min(0).max(10),
    groups: z.array(z.string().min(1).max(100)).max(10),
    excludeRequester: z.boolean(),
    excludeContributors: z.boolean(),
  }),
  requestExpiresDays: z.number().int().min(1).max(365),
  approvalValidDays: z.number().int().min(1).max(3650),
  /** Absent: the default of the environment (production protects @champion and the stage Production). */
  protects: Protection.optional(),
});
export type PolicyDocument = z.infer<typeof PolicyDocument>;

export const PolicyView = z.object({ environment: z.string(), revision: z.number().int(), digest: z.string(), document: PolicyDocument, protects: Protection.meta({ description: "What the policy protects in effect: what it names, or the default of its environment." }), createdAt: iso });
export type PolicyView = z.infer<typeof PolicyView>;

/** An alias that a policy or an endpoint protects, and why a version may not take it; null where it may. */
export type AliasGuard = { alias: string; environment: string; reason: string | null; href: string | null };

export const CheckView = z.object({
  key: z.string(),
  title: z.string(),
  requirement: z.string(),
  status: z.enum(["PASS", "FAIL", "MISSING"]),
  finding: z.string(),
  /** What to do about it, where something is to be done. */
  remedy: z.string().nullable(),
  isRequired: z.boolean(),
  from: z.string().nullable(),
  evidenceId: z.string().nullable(),
});
export type CheckView = z.infer<typeof CheckView>;

export const RequestCreate = z.strictObject({ model: z.string().min(1).max(256), version: z.number().int().positive(), environment: z.string().max(63).default("production"), comment: z.string().max(2000).optional() });
export type RequestCreate = z.infer<typeof RequestCreate>;
export const ReviewCreate = z.strictObject({ decision: z.enum(["approve", "reject"]), comment: z.string().trim().min(3, "Say in a few words what the decision rests on; the record keeps it.").max(4000) });
export type ReviewCreate = z.infer<typeof ReviewCreate>;

export const requestStatuses = ["OPEN", "APPROVED", "REJECTED", "WITHDRAWN", "EXPIRED", "STALE", "EXECUTED"] as const;
export type RequestStatus = (typeof requestStatuses)[number];

const Person = z.object({ userId: z.string(), name: z.string(), groups: z.array(z.string()), isYou: z.boolean(), mayDecide: z.boolean(), reason: z.string(), decision: z.enum(["approve", "reject"]).nullable(), comment: z.string().nullable(), decidedAt: iso.nullable() });
export const RequestView = z.object({
  id: z.string(),
  number: z.string(),
  model: z.string(),
  version: z.number().int(),
  versionId: z.string(),
  environment: z.string(),
  isProduction: z.boolean(),
  status: z.enum(requestStatuses),
  comment: z.string().nullable(),
  closedReason: z.string().nullable(),
  requestedBy: z.string(),
  isYours: z.boolean(),
  requestedAt: iso,
  expiresAt: iso,
  decidedAt: iso.nullable(),
  validUntil: iso.nullable(),
  manifestDigest: z.string(),
  evidenceDigest: z.string(),
  policy: z.object({ revision: z.number().int(), approvalsNeeded: z.number().int(), groups: z.array(z.string()) }),
  approvals: z.number().int(),
});
export type RequestView = z.infer<typeof RequestView>;

export const DossierView = RequestView.extend({
  checks: z.array(CheckView),
  people: z.array(Person),
  /** Nobody but the requester could approve: the page offers to invite somebody. */
  nobodyCanDecide: z.boolean(),
  you: z.object({ mayApprove: z.boolean(), mayReject: z.boolean(), mayWithdraw: z.boolean(), reason: z.string().nullable() }),
  changes: z.array(z.object({ what: z.string(), now: z.string().nullable(), after: z.string().nullable() })),
  endpoints: z.array(z.object({ name: z.string(), stable: z.number().int().nullable() })),
});
export type DossierView = z.infer<typeof DossierView>;
