import { z } from "zod";

import { incidentStatuses, resolutions } from "./machine";

const iso = z.iso.datetime();
const share = z.number().min(0).max(1);
const name = z.string().trim().min(1).max(100);

// ---- labels
export const labelValue = z.union([z.string().min(1).max(500), z.number(), z.boolean()]);
export const LabelItem = z
  .strictObject({
    predictionId: z.string().max(60).optional(),
    requestId: z.string().min(1).max(500).optional(),
    /** When the request was made, where its id alone does not tell requests apart. */
    at: iso.optional(),
    value: labelValue,
    labelledAt: iso.optional(),
  })
  .refine((item) => (item.predictionId === undefined) !== (item.requestId === undefined), { message: "give either predictionId or requestId" });
export type LabelItem = z.infer<typeof LabelItem>;
export const LabelsBody = z.strictObject({ endpoint: z.string().max(100), environment: z.string().max(63).optional(), items: z.array(LabelItem).min(1).max(1000) });
export type LabelsBody = z.infer<typeof LabelsBody>;
export const LabelResult = z.object({ index: z.number().int(), predictionId: z.string().nullable(), status: z.enum(["accepted", "pending", "rejected"]), reason: z.string().nullable() });
export type LabelResult = z.infer<typeof LabelResult>;
export const LabelsView = z.object({ accepted: z.number().int(), pending: z.number().int(), rejected: z.number().int(), items: z.array(LabelResult) });

// ---- references
export const BinView = z.object({ label: z.string(), reference: z.number(), isPoint: z.boolean() });
export const ReferenceFeatureView = z.object({ name: z.string(), kind: z.enum(["numeric", "categorical"]), datatype: z.string(), rows: z.number(), missing: z.number(), mean: z.number().nullable(), min: z.number().nullable(), max: z.number().nullable(), bins: z.array(BinView) });
export const ReferenceView = z.object({
  id: z.string(),
  model: z.string(),
  version: z.number().int(),
  source: z.string(),
  rows: z.number().int(),
  digest: z.string(),
  createdBy: z.string(),
  createdAt: iso,
  supersededAt: iso.nullable(),
  features: z.array(ReferenceFeatureView),
  predictions: z.array(z.object({ value: z.string(), count: z.number() })).nullable(),
});
export type ReferenceView = z.infer<typeof ReferenceView>;

// ---- monitors
export const monitorKinds = ["drift", "prediction_drift", "performance", "error_rate"] as const;
export type MonitorKind = (typeof monitorKinds)[number];
export const measures = ["psi", "js_distance"] as const;
export type DriftMeasure = (typeof measures)[number];
const alpha = z.number().min(1e-9).max(0.2).default(0.001);
const driftParams = z.strictObject({ measure: z.enum(measures).default("psi"), limit: z.number().gt(0).max(100).default(0.2), alpha });
export const monitorParams = {
  drift: driftParams.extend({ features: z.array(z.string().max(250)).min(1).max(4096).optional() }),
  prediction_drift: driftParams,
  performance: z.strictObject({ metric: z.literal("accuracy").default("accuracy"), line: share.default(0.9), confidence: z.number().min(0.5).max(0.9999).default(0.95) }),
  error_rate: z.strictObject({ limit: z.number().min(0).max(0.999).default(0.01), confidence: z.number().min(0.5).max(0.9999).default(0.95) }),
} as const;
export type DriftParams = z.infer<typeof monitorParams.drift>;
export type PerformanceParams = z.infer<typeof monitorParams.performance>;
export type ErrorRateParams = z.infer<typeof monitorParams.error_rate>;
export type MonitorRule = { kind: "drift"; params: DriftParams } | { kind: "prediction_drift"; params: z.infer<typeof driftParams> } | { kind: "performance"; params: PerformanceParams } | { kind: "error_rate"; params: ErrorRateParams };

const rule = {
  name,
  windowSeconds: z.number().int().min(10).max(86_400).multipleOf(10).default(300),
  minRows: z.number().int().min(10).max(10_000_000).default(300),
  violationsToOpen: z.number().int().min(1).max(50).default(2),
  windowsLookedAt: z.number().int().min(1).max(50).default(3),
};
export const MonitorCreate = z
  .discriminatedUnion("kind", [
    z.strictObject({ ...rule, kind: z.literal("drift"), params: monitorParams.drift.prefault({}) }),
    z.strictObject({ ...rule, kind: z.literal("prediction_drift"), params: monitorParams.prediction_drift.prefault({}) }),
    z.strictObject({ ...rule, kind: z.literal("performance"), params: monitorParams.performance.prefault({}) }),
    z.strictObject({ ...rule, kind: z.literal("error_rate"), params: monitorParams.error_rate.prefault({}) }),
  ])
  .refine((monitor) => monitor.violationsToOpen <= monitor.windowsLookedAt, { message: "violationsToOpen can't be more than windowsLookedAt", path: ["violationsToOpen"] });
export type MonitorCreate = z.infer<typeof MonitorCreate>;
export const MonitorUpdate = z.strictObject({
  name: name.optional(),
  minRows: rule.minRows.unwrap().optional(),
  violationsToOpen: rule.violationsToOpen.unwrap().optional(),
  windowsLookedAt: rule.windowsLookedAt.unwrap().optional(),
  params: z.record(z.string(), z.unknown()).optional(),
  isEnabled: z.boolean().optional(),
});
export type MonitorUpdate = z.infer<typeof MonitorUpdate>;

export const resultStatuses = ["OK", "WARNING", "CRITICAL", "INSUFFICIENT", "NO_DATA"] as const;
export type ResultStatus = (typeof resultStatuses)[number];
export const monitorStatuses = [...resultStatuses, "STALE"] as const;
export type MonitorStatus = (typeof monitorStatuses)[number];

export const FeatureTest = z.object({
  name: z.string(),
  psi: z.number().nullable(),
  js: z.number().nullable(),
  /** Adjusted for the number of features (Benjamini and Hochberg). */
  p: z.number().nullable(),
  ratio: z.number().nullable(),
  shift: z.number().nullable(),
  n: z.number().int(),
  isOver: z.boolean(),
});
export type FeatureTest = z.infer<typeof FeatureTest>;

export const ResultView = z.object({
  windowStart: iso,
  windowEnd: iso,
  status: z.enum(resultStatuses),
  value: z.number().nullable(),
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  /** Effect in units of its limit. */
  ratio: z.number().nullable(),
  violated: z.boolean(),
  rows: z.number().int(),
  version: z.number().int().nullable(),
  referenceId: z.string().nullable(),
  revision: z.number().int(),
  reason: z.string(),
  computedAt: iso,
});
export type ResultView = z.infer<typeof ResultView>;

export const MonitorView = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(monitorKinds),
  endpoint: z.string(),
  environment: z.string(),
  params: z.record(z.string(), z.unknown()),
  windowSeconds: z.number().int(),
  minRows: z.number().int(),
  violationsToOpen: z.number().int(),
  windowsLookedAt: z.number().int(),
  severity: z.enum(["WARNING", "CRITICAL"]),
  isEnabled: z.boolean(),
  status: z.enum(monitorStatuses),
  latest: ResultView.nullable(),
  incident: z.object({ id: z.string(), number: z.number().int(), status: z.enum(incidentStatuses), mutedUntil: iso.nullable() }).nullable(),
  nextEvaluationAt: iso,
  createdBy: z.string(),
  createdAt: iso,
});
export type MonitorView = z.infer<typeof MonitorView>;

// ---- incidents
export const IncidentView = z.object({
  id: z.string(),
  number: z.number().int(),
  kind: z.enum(monitorKinds),
  severity: z.enum(["WARNING", "CRITICAL"]),
  status: z.enum(incidentStatuses),
  title: z.string(),
  cause: z.string(),
  endpoint: z.string(),
  environment: z.string(),
  isProduction: z.boolean(),
  monitor: z.object({ id: z.string(), name: z.string() }),
  version: z.number().int().nullable(),
  openedAt: iso,
  lastSeenAt: iso,
  acknowledgedAt: iso.nullable(),
  acknowledgedBy: z.string().nullable(),
  resolvedAt: iso.nullable(),
  resolution: z.enum(resolutions).nullable(),
  resolvedByAction: z.string().nullable(),
  mutedUntil: iso.nullable(),
});
export type IncidentView = z.infer<typeof IncidentView>;
export const IncidentEventView = z.object({ id: z.string(), at: iso, type: z.string(), actor: z.string(), text: z.string(), data: z.record(z.string(), z.unknown()) });
export type IncidentEventView = z.infer<typeof IncidentEventView>;
const Act = z.object({ allowed: z.boolean(), reason: z.string().nullable() });
export const IncidentPage = IncidentView.extend({
  model: z.string(),
  timeline: z.array(IncidentEventView),
  results: z.array(ResultView),
  monitorRule: MonitorView.nullable(),
  acts: z.object({ acknowledge: Act, resolve: Act, mute: Act, rollBack: Act }),
  /** Where a rollback would lead, for incidents that it can cure. */
  rollback: z.object({ from: z.number().int(), to: z.number().int(), isWarm: z.boolean(), requestsPerMinute: z.number().nullable() }).nullable(),
});
export type IncidentPage = z.infer<typeof IncidentPage>;
export const AcknowledgeBody = z.strictObject({ comment: z.string().trim().max(2000).optional() });
export const ResolveBody = z.strictObject({ reason: z.string().trim().min(3).max(2000) });
export const MuteBody = z.strictObject({ until: iso.nullable(), reason: z.string().trim().max(2000).optional() });

// ---- what an endpoint's screens show
export const Marker = z.object({ at: iso, kind: z.enum(["version", "reference"]), label: z.string() });
export const HealthPoint = z.object({
  start: iso,
  end: iso,
  version: z.number().int().nullable(),
  requests: z.number().int(),
  errors: z.number().int(),
  rejected: z.number().int(),
  errorRate: z.number().nullable(),
  errorLower: z.number().nullable(),
  errorUpper: z.number().nullable(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  labelled: z.number().int(),
  accuracy: z.number().nullable(),
  accuracyLower: z.number().nullable(),
  accuracyUpper: z.number().nullable(),
});
export type HealthPoint = z.infer<typeof HealthPoint>;
export const EndpointHead = z.object({ name: z.string(), environment: z.string(), isProduction: z.boolean(), model: z.string(), version: z.number().int().nullable(), status: z.enum(monitorStatuses), title: z.string(), mutedUntil: iso.nullable(), hasReference: z.boolean(), grainSeconds: z.number().int() });
export type EndpointHead = z.infer<typeof EndpointHead>;
const range = { from: iso, to: iso, stepSeconds: z.number().int(), asOf: iso };
export const HealthView = z.object({ ...range, endpoint: EndpointHead, points: z.array(HealthPoint), markers: z.array(Marker), monitors: z.array(MonitorView), incidents: z.array(IncidentView), total: z.object({ requests: z.number(), errors: z.number(), rejected: z.number(), labelled: z.number() }), lastSeenAt: iso.nullable() });
export type HealthView = z.infer<typeof HealthView>;

export const DriftView = z.object({
  ...range,
  endpoint: EndpointHead,
  monitor: MonitorView.nullable(),
  windows: z.array(z.object({ start: iso, end: iso, status: z.enum(resultStatuses), rows: z.number().int(), version: z.number().int().nullable(), reason: z.string() })),
  features: z.array(z.object({ name: z.string(), latest: z.number().nullable(), worst: z.number().nullable(), cells: z.array(z.number().nullable()) })),
  markers: z.array(Marker),
});
export type DriftView = z.infer<typeof DriftView>;

export const FeatureView = z.object({
  endpoint: EndpointHead,
  feature: z.string(),
  kind: z.enum(["numeric", "categorical"]),
  window: z.object({ start: iso, end: iso }),
  version: z.number().int().nullable(),
  reference: z.object({ id: z.string(), rows: z.number() }),
  bins: z.array(z.object({ label: z.string(), reference: z.number(), current: z.number() })),
  /** Shares of rows that no bin compares. */
  beside: z.array(z.object({ label: z.string(), reference: z.number(), current: z.number() })),
  n: z.object({ reference: z.number(), current: z.number() }),
  means: z.object({ reference: z.number().nullable(), current: z.number().nullable(), shift: z.number().nullable() }),
  tests: z.array(z.object({ name: z.string(), value: z.number().nullable(), limit: z.string(), verdict: z.enum(["over", "within", "none"]), n: z.number(), note: z.string() })),
});
export type FeatureView = z.infer<typeof FeatureView>;

export const PerformanceView = z.object({
  ...range,
  endpoint: EndpointHead,
  monitor: MonitorView.nullable(),
  points: z.array(HealthPoint),
  markers: z.array(Marker),
  coverage: z.object({ predictions: z.number(), labelled: z.number(), share: z.number().nullable(), delayP50Ms: z.number().nullable(), delayP90Ms: z.number().nullable() }),
  accuracy: z.object({ value: z.number(), lower: z.number(), upper: z.number(), n: z.number() }).nullable(),
  confusion: z.object({ classes: z.array(z.string()), rows: z.array(z.object({ label: z.string(), counts: z.array(z.number()), total: z.number() })) }),
});
export type PerformanceView = z.infer<typeof PerformanceView>;

export const FleetItem = z.object({
  id: z.string(),
  name: z.string(),
  environment: z.string(),
  isProduction: z.boolean(),
  model: z.string(),
  version: z.number().int().nullable(),
  status: z.enum(monitorStatuses),
  cause: z.string(),
  since: iso.nullable(),
  mutedUntil: iso.nullable(),
  requestsPerMinute: z.number().nullable(),
  labelCoverage: z.number().nullable(),
  lastSeenAt: iso.nullable(),
  openIncidents: z.number().int(),
  monitors: z.number().int(),
});
export type FleetItem = z.infer<typeof FleetItem>;
