import { z } from "zod";

import { sha256Schema } from "@/lib/artifacts";
import { findingSchema, mlflowSchema, portSchema, signatureSchema, summarySchema, verdictSchema } from "@/lib/inspection";

import { findModelNameProblem } from "./names";

const name = z.string().superRefine((value, context) => {
  const problem = findModelNameProblem(value);
  if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
});

export const versionStatusSchema = z.enum(["checking", "ready", "refused", "unverified"]);
export type VersionStatus = z.infer<typeof versionStatusSchema>;

/** What the console calls a version; derived from status, aliases, requests and routes, never stored. */
export const versionStateSchema = z.enum(["checking", "refused", "unverified", "registered", "candidate", "shadow", "canary", "serving", "champion", "retired"]);
export type VersionState = z.infer<typeof versionStateSchema>;

const tags = z.record(z.string().min(1).max(250), z.string().max(100_000));
export const maxDescriptionLength = 20_000;
const description = z.string().max(maxDescriptionLength);

/** An input or output of the model, with the names of its columns and whether it holds sensitive data (all of it, or these columns). */
export const signaturePortSchema = portSchema.extend({
  features: z.array(z.string()).optional(),
  sensitive: z.union([z.literal(true), z.array(z.number().int().min(0))]).optional(),
});
export const storedSignatureSchema = z.object({
  inputs: z.array(signaturePortSchema),
  outputs: z.array(signaturePortSchema),
  /** How a model that only MLflow loads takes its inputs; absent for ONNX. */
  form: signatureSchema.shape.form,
  params: signatureSchema.shape.params,
});
export type SignaturePort = z.infer<typeof signaturePortSchema>;
export type StoredSignature = z.infer<typeof storedSignatureSchema>;

export const declaredSchema = z.object({ featureNames: z.array(z.string()).optional(), sensitive: z.array(z.string()).optional() });
export type Declared = z.infer<typeof declaredSchema>;

export const deploymentRoleSchema = z.enum(["stable", "candidate", "shadow", "preparing", "warm"]);
/** Where a version is right now. `weightPercent` is its share of the answers that callers get. */
export const versionDeploymentSchema = z.object({
  endpointId: z.string(),
  endpoint: z.string(),
  environment: z.string(),
  isProduction: z.boolean(),
  role: deploymentRoleSchema,
  weightPercent: z.number(),
  rolloutId: z.string().nullable(),
  since: z.string().nullable(),
});
export type VersionDeployment = z.infer<typeof versionDeploymentSchema>;

export const versionSummarySchema = z.object({
  id: z.string(),
  model: z.string(),
  number: z.number().int(),
  status: versionStatusSchema,
  statusReason: z.string().nullable(),
  state: versionStateSchema,
  aliases: z.array(z.string()),
  deployments: z.array(versionDeploymentSchema),
  description: z.string().nullable(),
  format: z.string().nullable(),
  manifestDigest: z.string().nullable(),
  fileCount: z.number().int(),
  totalSize: z.number(),
  source: z.string(),
  runId: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type VersionSummary = z.infer<typeof versionSummarySchema>;

export const inspectionViewSchema = z.object({
  status: z.enum(["queued", "running", "done"]),
  verdict: verdictSchema.nullable(),
  findings: z.array(findingSchema),
  summary: summarySchema.nullable(),
  mlflow: mlflowSchema.nullable(),
  inspector: z.string(),
  inspectorVersion: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
});
export type InspectionView = z.infer<typeof inspectionViewSchema>;

export const versionSchema = versionSummarySchema.extend({
  tags,
  loggedModelId: z.string().nullable(),
  signature: storedSignatureSchema.nullable(),
  inspection: inspectionViewSchema.nullable(),
  /** The version that production serves on an endpoint of this model, if any: what this one is compared with. */
  champion: z.object({ number: z.number().int(), endpoint: z.string() }).nullable(),
});
export type Version = z.infer<typeof versionSchema>;

export const modelAliasSchema = z.object({
  alias: z.string(),
  version: z.number().int(),
  /** The production endpoint whose promotions move this alias; nobody moves it by hand. */
  protectedBy: z.string().nullable(),
});
export type ModelAliasView = z.infer<typeof modelAliasSchema>;

export const modelSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  tags,
  aliases: z.array(modelAliasSchema),
  versionCount: z.number().int(),
  latestVersion: versionSummarySchema.nullable(),
  createdBy: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type Model = z.infer<typeof modelSchema>;

export const schemaChangeSchema = z.object({
  side: z.enum(["input", "output", "param"]),
  name: z.string(),
  change: z.enum(["added", "removed", "type", "shape", "required", "columns", "default", "form"]),
  before: z.string().nullable(),
  after: z.string().nullable(),
  /** Whether callers of the version before are refused, or get something else than they read. */
  breaks: z.boolean(),
  reason: z.string(),
});
export type SchemaChange = z.infer<typeof schemaChangeSchema>;
/** `unknown`: one of the versions has no signature. */
export const schemaDiffSchema = z.object({ verdict: z.enum(["compatible", "breaking", "unknown"]), reason: z.string(), changes: z.array(schemaChangeSchema) });
export type SchemaDiff = z.infer<typeof schemaDiffSchema>;

const comparedSchema = z.object({ number: z.number().int(), format: z.string().nullable(), status: versionStatusSchema, totalSize: z.number(), runId: z.string().nullable(), createdAt: z.string(), createdBy: z.string() });
const pairOf = <T extends z.ZodType>(value: T) => z.object({ name: z.string(), before: value.nullable(), after: value.nullable() });
const comparedFile = z.object({ sha256: z.string(), size: z.number() }).nullable();
export const versionComparisonSchema = z.object({
  model: z.string(),
  a: comparedSchema,
  b: comparedSchema,
  schema: schemaDiffSchema,
  flavors: z.array(pairOf(z.string())),
  /** Those that differ. */
  packages: z.array(pairOf(z.string())),
  samePackages: z.number().int(),
  /** Latest values of the runs that the versions come from; what is not a number is its word. */
  metrics: z.array(pairOf(z.union([z.number(), z.string()]))),
  params: z.array(pairOf(z.string())),
  /** Those whose digest differs. */
  files: z.array(z.object({ path: z.string(), before: comparedFile, after: comparedFile })),
  sameFiles: z.number().int(),
});
export type VersionComparison = z.infer<typeof versionComparisonSchema>;

export const createModelBodySchema = z.strictObject({ name, description: description.optional(), tags: tags.optional() });
export const updateModelBodySchema = z.strictObject({ description: description.optional(), tags: tags.optional() });
export const createVersionBodySchema = z.strictObject({
  files: z.array(z.strictObject({ path: z.string().min(1).max(1_024), sha256: sha256Schema })).min(1).max(10_000),
  runId: z.string().regex(/^[0-9a-f]{32}$/, "must be a run id: 32 lower-case hexadecimal digits").optional(),
  description: description.optional(),
  featureNames: z.array(z.string().min(1).max(250)).max(4_096).optional(),
  /** Inputs, outputs or features whose values must never be stored. */
  sensitive: z.array(z.string().min(1).max(250)).max(4_096).optional(),
  tags: tags.optional(),
});
export const updateVersionBodySchema = z.strictObject({ description: description.optional(), tags: tags.optional() });
export const setAliasBodySchema = z.strictObject({ version: z.number().int().min(1) });

export type CreateModelInput = z.infer<typeof createModelBodySchema>;
export type CreateVersionInput = z.infer<typeof createVersionBodySchema>;
export type UpdateInput = z.infer<typeof updateVersionBodySchema>;

export const activityItemSchema = z.object({
  id: z.string(),
  at: z.string(),
  action: z.string(),
  actor: z.string().nullable(),
  actorType: z.string(),
  reason: z.string().nullable(),
  because: z.string().nullable(),
  change: z.object({ before: z.unknown(), after: z.unknown() }).partial().nullable(),
});
export type ActivityItem = z.infer<typeof activityItemSchema>;
