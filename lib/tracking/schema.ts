import { z } from "zod";

import { wireTime } from "@/lib/http/operation";

/** A key with a value, as MLflow keeps params and tags. */
const keyValueSchema = z.object({ key: z.string(), value: z.string() });
export type KeyValueView = z.infer<typeof keyValueSchema>;

/** JSON knows no NaN and no infinity: they travel as these words. */
export const metricValueSchema = z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])]);
export type MetricValue = z.infer<typeof metricValueSchema>;

export const stageSchema = z.enum(["active", "deleted"]);
export const runStatusSchema = z.enum(["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]);
export type RunStatusWord = z.infer<typeof runStatusSchema>;

/** A number of rows that counting stopped at: `isExact` false means "at least". */
export const countSchema = z.object({ count: z.number().int(), isExact: z.boolean() });
export type Count = z.infer<typeof countSchema>;

export const experimentSchema = z.object({
  number: z.number().int().meta({ description: "The experiment's id in MLflow; 0 is Default." }),
  name: z.string(),
  stage: stageSchema,
  artifactLocation: z.string(),
  tags: z.record(z.string(), z.string()),
  runs: countSchema,
  lastActivityAt: wireTime.nullable(),
  createdAt: wireTime,
  updatedAt: wireTime,
});
export type ExperimentView = z.infer<typeof experimentSchema>;

const experimentName = z.string().trim().min(1, "must not be empty").max(500);
const changedTags = z.record(z.string().min(1).max(250), z.string().max(5_000).nullable());
export const createExperimentBodySchema = z.object({ name: experimentName, artifactLocation: z.string().max(2_048).optional(), tags: z.record(z.string().min(1).max(250), z.string().max(5_000)).optional() });
export const updateExperimentBodySchema = z.object({ name: experimentName.optional(), tags: changedTags.optional().meta({ description: "Tags to set; null removes one. Others stay." }) });

export const runVersionSchema = z.object({ model: z.string(), number: z.number().int(), status: z.string(), loggedModelId: z.string().nullable(), createdAt: wireTime });
export type RunVersion = z.infer<typeof runVersionSchema>;

/** What every view of a run tells. */
export const runInfo = {
  runId: z.string(),
  experiment: z.number().int(),
  name: z.string(),
  status: runStatusSchema,
  stage: stageSchema,
  userName: z.string(),
  startedAt: wireTime.nullable(),
  endedAt: wireTime.nullable(),
};

/** A row of the runs table: what was asked for, and no more. */
export const runRowSchema = z.object({
  ...runInfo,
  childCount: z.number().int(),
  versions: z.array(z.object({ model: z.string(), number: z.number().int() })),
  metrics: z.record(z.string(), metricValueSchema),
  params: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()),
});
export type RunRowView = z.infer<typeof runRowSchema>;

const columnPattern = /^(metrics|params|tags)\..+$/s;
export const maxColumns = 100;
export const runListQuerySchema = z.object({
  filter: z.string().max(8_000).optional().meta({ description: "MLflow's filter grammar with OR, parentheses, IN and IS NULL." }),
  status: z.string().max(60).optional().meta({ description: "Statuses by comma, such as RUNNING,FINISHED." }),
  stage: stageSchema.default("active"),
  nested: z.enum(["flat", "top"]).default("flat").meta({ description: "top leaves out the runs that have a parent." }),
});
export const columnsSchema = z
  .preprocess((given) => (typeof given === "string" ? [given] : given), z.array(z.string().max(300).regex(columnPattern, "must be metrics.<name>, params.<name> or tags.<name>")).max(maxColumns))
  .optional()
  .meta({ description: "Metrics, params and tags that each row holds, such as metrics.accuracy. Repeatable." });

export const keysSchema = z.object({
  metrics: z.array(z.string()),
  params: z.array(z.string()),
  tags: z.array(z.string()),
  varyingParams: z.array(z.string()).optional().meta({ description: "The first few params of which the runs hold more than one value." }),
});
export type RunKeys = z.infer<typeof keysSchema>;

const runIds = z.array(z.string().regex(/^[0-9a-f]{32}$/, "must be 32 hexadecimal digits")).min(1).max(1_000);
export const runIdsBodySchema = z.object({ runIds });
export const changedRunsSchema = z.object({ changed: z.number().int() });

export const datasetViewSchema = z.object({
  name: z.string(),
  digest: z.string(),
  sourceType: z.string(),
  source: z.string(),
  context: z.string().nullable().meta({ description: "What the run used it for, such as training." }),
  schema: z.string().nullable(),
  profile: z.string().nullable(),
});
export type DatasetView = z.infer<typeof datasetViewSchema>;

export const loggedModelViewSchema = z.object({
  modelId: z.string(),
  name: z.string(),
  status: z.string(),
  modelType: z.string(),
  createdAt: wireTime,
  metrics: z.array(z.object({ key: z.string(), value: metricValueSchema, step: z.number().int(), dataset: z.string().nullable() })),
  params: z.array(keyValueSchema),
  versions: z.array(z.object({ model: z.string(), number: z.number().int() })),
});
export type LoggedModelView = z.infer<typeof loggedModelViewSchema>;

export const runSchema = z.object({
  ...runInfo,
  experimentName: z.string(),
  experimentStage: stageSchema,
  artifactUri: z.string(),
  note: z.string().meta({ description: "Markdown; the tag mlflow.note.content." }),
  metrics: z.array(z.object({ key: z.string(), value: metricValueSchema, step: z.number().int(), at: wireTime })),
  params: z.array(keyValueSchema),
  tags: z.array(keyValueSchema),
  datasets: z.array(datasetViewSchema),
  models: z.array(loggedModelViewSchema),
  modelInputs: z.array(z.object({ modelId: z.string(), name: z.string(), sourceRunId: z.string().nullable() })).meta({ description: "Logged models that the run read." }),
  versions: z.array(runVersionSchema),
  parent: z.object({ runId: z.string(), name: z.string() }).nullable(),
  childCount: z.number().int(),
});
export type RunView = z.infer<typeof runSchema>;

/** Letters of a note: what MLflow keeps of a tag. */
export const maxNoteLength = 8_000;

export const updateRunBodySchema = z.object({
  name: z.string().trim().min(1, "must not be empty").max(250).optional(),
  note: z.string().max(maxNoteLength).optional().meta({ description: "Markdown; empty removes it." }),
  tags: z.record(z.string().min(1).max(250), z.string().max(8_000).nullable()).optional().meta({ description: "Tags to set; null removes one. Others stay." }),
});
export type RunUpdate = z.infer<typeof updateRunBodySchema>;

export const artifactEntrySchema = z.object({ path: z.string(), isFolder: z.boolean(), size: z.number().int().nullable() });
export type ArtifactEntry = z.infer<typeof artifactEntrySchema>;

export const registerRunBodySchema = z.object({
  model: z.string().max(250).meta({ description: "Name of the model; it is made when there is none of that name." }),
  loggedModelId: z.string().max(100).optional().meta({ description: "The logged model to register, or" }),
  path: z.string().max(1_024).optional().meta({ description: "the folder of the run's artifacts that holds the model." }),
  description: z.string().max(20_000).optional(),
});
export type RegisterRun = z.infer<typeof registerRunBodySchema>;
