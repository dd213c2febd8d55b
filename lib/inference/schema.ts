import { z } from "zod";

/** Version of the routing snapshot's form; a gateway refuses another one and keeps serving from its last good snapshot. */
export const routingSnapshotVersion = 1;
/** Version of the form in which a batch of the inference log is written (column inference.batch.schema_version). */
export const batchSchemaVersion = 1;
/** NOTIFY channel on which the route writer announces a new revision. */
export const routeChannel = "slipway_route";

export const arms = ["stable", "candidate", "shadow"] as const;
export type Arm = (typeof arms)[number];

/** Why a call has no answer of the model: could not connect, no answer in time, client went away, broken answer. */
export const callErrors = ["connect", "timeout", "aborted", "upstream"] as const;
export type CallError = (typeof callErrors)[number];

/** A tensor whose values are never stored; `columns` narrows it to positions of its last dimension. */
export const sensitiveTensor = z.object({ name: z.string(), columns: z.array(z.number().int().min(0)).optional() });
export type SensitiveTensor = z.infer<typeof sensitiveTensor>;

const tensorSpec = z.object({ name: z.string(), datatype: z.string(), shape: z.array(z.number()) });
export type TensorSpec = z.infer<typeof tensorSpec>;

/** What a scoring server takes and gives: requests are translated by it. */
const scoringSpec = z.object({
  url: z.string(),
  /** Null for a model without a signature. */
  form: z.enum(["columns", "tensors"]).nullable(),
  outputs: z.array(tensorSpec),
  params: z.array(z.string()),
  /** Inputs that a request may leave out. */
  optional: z.array(z.string()),
});
export type ScoringSpec = z.infer<typeof scoringSpec>;

const servedVersion = z.object({
  versionId: z.uuid(),
  /** Name under which the runtime serves it: the wire form of the version's id. */
  modelName: z.string(),
  inputs: z.array(tensorSpec),
  /** For versions behind an MLflow scoring server; `url` is empty where nobody said where it listens. */
  scoring: scoringSpec.optional(),
});
export type ServedVersion = z.infer<typeof servedVersion>;

const basisPoints = z.number().int().min(0).max(10_000);

export const endpointRoute = z.object({
  id: z.uuid(),
  workspaceId: z.uuid(),
  workspace: z.string(),
  environment: z.string(),
  name: z.string(),
  routeNumber: z.number().int(),
  stable: servedVersion.nullable(),
  candidate: servedVersion.nullable(),
  candidateWeightBp: basisPoints,
  mirror: servedVersion.nullable(),
  mirrorBp: basisPoints,
  salt: z.string(),
  runtimeKind: z.string(),
  runtimeUrl: z.string(),
  timeoutMs: z.number().int().min(1),
  isAnonymous: z.boolean(),
  sensitive: z.object({ inputs: z.array(sensitiveTensor), outputs: z.array(sensitiveTensor) }),
  /** Seconds of one window profile. */
  grain: z.number().int(),
});
export type EndpointRoute = z.infer<typeof endpointRoute>;

/** All routes of the installation at one moment; `revision` is the newest route revision that they include. */
export const routingSnapshot = z.object({
  schemaVersion: z.literal(routingSnapshotVersion),
  revision: z.number().int().min(0),
  endpoints: z.array(endpointRoute),
});
export type RoutingSnapshot = z.infer<typeof routingSnapshot>;

export const callView = z.object({
  predictionId: z.string(),
  at: z.iso.datetime(),
  arm: z.enum(arms),
  endpointId: z.string(),
  versionId: z.string().nullable(),
  versionNumber: z.number().int().nullable(),
  routeNumber: z.number().int(),
  requestId: z.string().nullable(),
  status: z.number().int(),
  error: z.enum(callErrors).nullable(),
  latencyMs: z.number(),
  upstreamMs: z.number().nullable(),
  requestBytes: z.number().int(),
  responseBytes: z.number().int(),
  hasBody: z.boolean(),
});
export type CallView = z.infer<typeof callView>;

export const bodyView = z.object({
  /** `json` holds a parsed document, `text` everything else that is text, `binary` base64, `absent` was not kept. */
  form: z.enum(["json", "text", "binary", "absent"]),
  text: z.string().nullable(),
});
export type BodyView = z.infer<typeof bodyView>;

export const predictionCall = callView.extend({
  request: bodyView,
  response: bodyView,
  isTruncated: z.boolean(),
  isRedacted: z.boolean(),
  /** Why there is no body, when there is none. */
  bodyNote: z.string().nullable(),
});
export type PredictionCall = z.infer<typeof predictionCall>;

export const predictionView = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  endpoint: z.object({ id: z.string(), name: z.string(), environment: z.string(), isDeleted: z.boolean() }),
  model: z.object({ name: z.string() }),
  /** The answer that the client got first, then the mirrored one. */
  calls: z.array(predictionCall),
  route: z.object({ number: z.number().int(), candidateWeightBp: z.number().int(), mirrorBp: z.number().int(), reason: z.string(), rolloutId: z.string().nullable(), createdAt: z.iso.datetime() }).nullable(),
  label: z.object({ value: z.string(), labelledAt: z.iso.datetime(), receivedAt: z.iso.datetime(), source: z.string(), revision: z.number().int() }).nullable(),
});
export type PredictionView = z.infer<typeof predictionView>;
