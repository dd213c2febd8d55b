import { z } from "zod";

/** A file of a frozen bundle: path inside the bundle with `/`, bytes, lower-case hexadecimal SHA-256. */
export type BundleFile = { path: string; size: number; sha256: string };

/** Ranged reads of one file. `read` returns exactly `length` bytes from `offset`; a shorter answer means that the file changed. */
export type RangedFile = { read: (offset: number, length: number) => Promise<Uint8Array>; close?: () => Promise<void> };
export type OpenFile = (path: string) => RangedFile | Promise<RangedFile>;

export const verdictSchema = z.enum(["clean", "refused", "unverified"]);
export type Verdict = z.infer<typeof verdictSchema>;

/**
 * `refuse` makes the verdict refused, `quarantine` makes it unverified; `caution` leaves it clean but is shown to whoever
 * approves, and a policy may forbid it; `info` changes nothing.
 */
export const severitySchema = z.enum(["refuse", "quarantine", "caution", "info"]);
export type Severity = z.infer<typeof severitySchema>;

export const findingSchema = z.object({
  code: z.string(),
  severity: severitySchema,
  path: z.string(),
  /** What was found and what to do about it. */
  message: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;

/** What a model takes or gives under one name. */
export const portSchema = z.object({
  name: z.string(),
  kind: z.enum(["tensor", "sparse_tensor", "sequence", "map", "optional", "opaque"]),
  /** Open Inference Protocol name for tensors (FP32, INT64, BYTES …); for other kinds the type written out, as `sequence(map(INT64, FP32))`. */
  datatype: z.string(),
  /** Dimensions, null where variable; null as a whole when the rank is not stated or the kind has none. */
  shape: z.array(z.number().int().nullable()).nullable(),
  /** Names of variable dimensions, in step with `shape`; null where a dimension has none. */
  dimensionNames: z.array(z.string().nullable()).nullable(),
  /** False where a request may leave it out; absent means that it is required. */
  required: z.boolean().optional(),
});
export type Port = z.infer<typeof portSchema>;

export const signatureSchema = z.object({
  inputs: z.array(portSchema),
  outputs: z.array(portSchema),
  /** Names of the columns of the only tabular input, when the bundle's MLflow signature states them. */
  featureNames: z.array(z.string()).nullable(),
  /** How an MLflow model that is no ONNX file takes its inputs: as columns of a data frame, or as tensors. */
  form: z.enum(["columns", "tensors"]).optional(),
  /** Names of the parameters that a request may carry. */
  params: z.array(z.string()).optional(),
});
export type Signature = z.infer<typeof signatureSchema>;

export const externalDataSchema = z.object({ path: z.string(), offset: z.number().int(), length: z.number().int() });
export type ExternalData = z.infer<typeof externalDataSchema>;

export const operatorSchema = z.object({ domain: z.string(), type: z.string(), count: z.number().int() });
export type Operator = z.infer<typeof operatorSchema>;

/** A field of an MLflow signature: a column with a type, or a tensor with dtype and shape. */
export const mlflowFieldSchema = z.object({
  name: z.string().nullable(),
  type: z.string(),
  required: z.boolean(),
  shape: z.array(z.number().int().nullable()).nullable(),
});
export type MlflowField = z.infer<typeof mlflowFieldSchema>;

export const mlflowParamSchema = z.object({ name: z.string(), type: z.string(), default: z.string(), shape: z.array(z.number().int().nullable()).nullable() });
export type MlflowParam = z.infer<typeof mlflowParamSchema>;

/** One way of loading the model, with the library that it takes and the files that it names. */
export const mlflowFlavorSchema = z.object({
  name: z.string(),
  /** Version of its library when the model was saved. */
  version: z.string().nullable(),
  /** How the model was written: cloudpickle, pickle, skops … */
  serialization: z.string().nullable(),
  loader: z.string().nullable(),
  files: z.array(z.string()),
});
export type MlflowFlavor = z.infer<typeof mlflowFlavorSchema>;

/** `pip` and `conda` name a package of an index; `address` is a repository, archive or path; `option` a line such as `--index-url …`. */
export const mlflowPackageSchema = z.object({ name: z.string(), specifier: z.string(), isPinned: z.boolean(), origin: z.enum(["pip", "conda", "address", "option"]) });
export type MlflowPackage = z.infer<typeof mlflowPackageSchema>;

/** What MLflow wrote about a model when it was logged: the MLmodel file and what it names. */
export const mlflowSchema = z.object({
  /** Where the MLmodel file lies; a scoring server finds it at the root only. */
  path: z.string(),
  flavors: z.array(mlflowFlavorSchema),
  mlflowVersion: z.string().nullable(),
  runId: z.string().nullable(),
  modelId: z.string().nullable(),
  pythonVersion: z.string().nullable(),
  /** `model_size_bytes` as MLflow counted it. */
  sizeBytes: z.number().nullable(),
  loggedAt: z.string().nullable(),
  inputs: z.array(mlflowFieldSchema).nullable(),
  outputs: z.array(mlflowFieldSchema).nullable(),
  params: z.array(mlflowParamSchema).nullable(),
  dependencies: z.object({ source: z.string(), packages: z.array(mlflowPackageSchema) }).nullable(),
  /** A request that the model's author gave; `body` is what POST /invocations takes, null where it is too large to keep. */
  example: z.object({ path: z.string(), body: z.string().nullable() }).nullable(),
  /** Whether loading the model runs code of whoever made it. */
  runsCode: z.boolean(),
});
export type MlflowSummary = z.infer<typeof mlflowSchema>;

export const summarySchema = z.object({
  /** The model file that the rest describes: the one that a runtime loads. */
  path: z.string(),
  irVersion: z.number().int(),
  producer: z.object({ name: z.string(), version: z.string() }),
  domain: z.string(),
  modelVersion: z.number(),
  opsets: z.array(z.object({ domain: z.string(), version: z.number().int() })),
  graphName: z.string(),
  inputs: z.array(portSchema),
  outputs: z.array(portSchema),
  operators: z.array(operatorSchema),
  /** Elements of all initializers. */
  parameterCount: z.number(),
  /** Bytes of the model file and of the external data that it names. */
  sizeBytes: z.number(),
  externalData: z.array(externalDataSchema),
  metadata: z.record(z.string(), z.string()),
});
export type InspectionSummary = z.infer<typeof summarySchema>;

export const formatSchema = z.enum(["onnx", "mlflow", "pickle", "zip", "hdf5", "safetensors", "gguf", "savedmodel", "keras", "torch", "xgboost", "lightgbm", "catboost", "pmml", "numpy", "unknown"]);
export type ModelFormat = z.infer<typeof formatSchema>;

export const inspectionResultSchema = z.object({
  inspector: z.literal("onnx"),
  inspectorVersion: z.string(),
  verdict: verdictSchema,
  format: formatSchema,
  findings: z.array(findingSchema),
  /** Null when no model file could be read. */
  summary: summarySchema.nullable(),
  /** Null when the bundle has no MLmodel file that could be read. */
  mlflow: mlflowSchema.nullable(),
  signature: signatureSchema.nullable(),
});
export type InspectionResult = z.infer<typeof inspectionResultSchema>;
