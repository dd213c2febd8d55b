import { z } from "zod";

const name = z.string().regex(/^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/, "1 to 63 of a-z, 0-9, dot, dash and underscore; starts and ends with a letter or digit");
const iso = z.iso.datetime();

export const EnvironmentView = z.object({ name: z.string(), position: z.number().int(), isProduction: z.boolean() });
export type EnvironmentView = z.infer<typeof EnvironmentView>;

export const RuntimeView = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  /** Empty for scoring servers, which have an address for each version. */
  url: z.string(),
  models: z.array(z.object({ versionId: z.string(), model: z.string().nullable(), version: z.number().int().nullable(), url: z.string().nullable(), state: z.string(), reason: z.string().nullable(), probedAt: iso.nullable() })),
});
export type RuntimeView = z.infer<typeof RuntimeView>;

/** Only runtimes of scoring servers are made by hand; the bundled one comes with the installation. */
export const RuntimeCreate = z.strictObject({ name, kind: z.literal("mlflow").default("mlflow") });
export type RuntimeCreate = z.infer<typeof RuntimeCreate>;
export const ModelServerBody = z.strictObject({ url: z.string().min(1).max(2_000) });

export const RuntimeFit = z.object({
  runtime: z.string(),
  kind: z.string(),
  canServe: z.boolean(),
  reason: z.string(),
  remedy: z.string().nullable(),
  /** Where its server of this version listens, for scoring servers. */
  url: z.string().nullable(),
  /** READY, LOADING or UNAVAILABLE; null when nobody asked for the version there yet. */
  state: z.string().nullable(),
  stateReason: z.string().nullable(),
  probedAt: iso.nullable(),
  readyAt: iso.nullable(),
  /** What READY rests on, in words. */
  verified: z.string(),
});
export type RuntimeFit = z.infer<typeof RuntimeFit>;
export const VersionServing = z.object({ runtimes: z.array(RuntimeFit), serveCommand: z.string().nullable(), convertCommand: z.string().nullable() });
export type VersionServing = z.infer<typeof VersionServing>;

export const EndpointCreate = z.strictObject({
  name,
  environment: z.string().max(63).default("production"),
  model: z.string().min(1).max(256),
  runtime: z.string().max(63).default("onnx"),
  description: z.string().max(2000).optional(),
  /** Alias that follows the stable version when a rollout is promoted; null = none. */
  championAlias: z.string().regex(/^[\w-]{1,255}$/).nullable().default("champion"),
  isAnonymous: z.boolean().default(false),
  timeoutMs: z.number().int().min(50).max(120_000).default(10_000),
});
export type EndpointCreate = z.infer<typeof EndpointCreate>;

export const EndpointUpdate = z.strictObject({
  description: z.string().max(2000).nullable().optional(),
  isAnonymous: z.boolean().optional(),
  timeoutMs: z.number().int().min(50).max(120_000).optional(),
  championAlias: z.string().regex(/^[\w-]{1,255}$/).nullable().optional(),
});
export type EndpointUpdate = z.infer<typeof EndpointUpdate>;

const VersionRef = z.object({ id: z.string(), number: z.number().int(), readiness: z.string().nullable() });
export const RouteView = z.object({
  number: z.number().int(),
  stable: z.number().int().nullable(),
  candidate: z.number().int().nullable(),
  candidateWeightBp: z.number().int(),
  mirror: z.number().int().nullable(),
  mirrorBp: z.number().int(),
  reason: z.string(),
  createdAt: iso,
  rolloutId: z.string().nullable(),
});
export type RouteView = z.infer<typeof RouteView>;

export const EndpointView = z.object({
  id: z.string(),
  name: z.string(),
  environment: z.string(),
  isProduction: z.boolean(),
  model: z.string(),
  runtime: z.string(),
  description: z.string().nullable(),
  championAlias: z.string().nullable(),
  isAnonymous: z.boolean(),
  timeoutMs: z.number().int(),
  stable: VersionRef.nullable(),
  previous: VersionRef.nullable(),
  warmUntil: iso.nullable(),
  route: RouteView.nullable(),
  appliedBy: z.object({ applied: z.number().int(), live: z.number().int() }),
  url: z.string(),
  createdBy: z.string(),
  createdAt: iso,
});
export type EndpointView = z.infer<typeof EndpointView>;

export const DeploymentView = z.object({
  id: z.string(),
  version: z.number().int(),
  role: z.string(),
  from: iso,
  to: iso.nullable(),
  rolloutId: z.string().nullable(),
});
export type DeploymentView = z.infer<typeof DeploymentView>;
