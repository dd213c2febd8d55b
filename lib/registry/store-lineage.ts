import { type Database, readRows, type Statement } from "@/lib/platform/db";

/** Bounds of what one event carries; beyond them the run itself has the rest. */
const maxParams = 1_000;
const maxMetrics = 2_000;
const maxDatasets = 200;
const maxValueLength = 1_000;
const maxSchemaLength = 32_768;

export type RunLineage = {
  experiment: { number: number; name: string };
  runId: string;
  name: string;
  status: string;
  user: string;
  startTime: number | null;
  endTime: number | null;
  source: { name: string | null; type: string | null; commit: string | null; branch: string | null; repository: string | null };
  parentRunId: string | null;
  params: Record<string, string>;
  /** Latest value of each metric; what is not a number is its word. */
  metrics: Record<string, number | string>;
  datasets: { name: string; digest: string; sourceType: string; source: string; schema: string | null; context: string | null }[];
  /** The run has more params, metrics or datasets than one event carries. */
  isCut: boolean;
};

const cut = (text: string, length = maxValueLength): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
const contextOf = (tags: unknown): string | null => {
  const found = Array.isArray(tags) ? tags.find((tag: unknown): tag is { key: string; value: string } => typeof tag === "object" && tag !== null && "key" in tag && tag.key === "mlflow.data.context" && "value" in tag && typeof tag.value === "string") : undefined;
  return found?.value ?? null;
};

const sourceTags = ["mlflow.source.name", "mlflow.source.type", "mlflow.source.git.commit", "mlflow.source.git.branch", "mlflow.source.git.repoURL", "mlflow.parentRunId"];

type RawRun = {
  runId: string;
  name: string;
  status: string;
  user: string;
  startTime: bigint | null;
  endTime: bigint | null;
  experimentNumber: number;
  experimentName: string;
  tags: Record<string, string>;
  params: [key: string, value: string][];
  metrics: [key: string, value: string][];
  inputs: { tags: unknown; name: string; digest: string; sourceType: string; source: string; schema: string | null }[];
};

const readLineage: Statement = {
  name: "read_run_lineage",
  text: `
    SELECT r.run_id AS "runId", r.name, r.status, r.user_name AS "user", r.start_time AS "startTime", r.end_time AS "endTime", e.number AS "experimentNumber", e.name AS "experimentName",
      (SELECT coalesce(json_object_agg(t.key, t.value), '{}') FROM run_tag t WHERE t.run_seq = r.seq AND t.key = ANY($3::text[])) AS tags,
      (SELECT coalesce(json_agg(json_build_array(q.key, q.value) ORDER BY q.key), '[]') FROM (SELECT p.key, left(p.value, ${maxValueLength + 1}) AS value FROM run_param p WHERE p.run_seq = r.seq ORDER BY p.key LIMIT ${maxParams + 1}) q) AS params,
      (SELECT coalesce(json_agg(json_build_array(k.key, q.value::text) ORDER BY q.key_id), '[]') FROM (SELECT l.key_id, l.value FROM metric_latest l WHERE l.run_seq = r.seq ORDER BY l.key_id LIMIT ${maxMetrics + 1}) q JOIN metric_key k ON k.id = q.key_id) AS metrics,
      (SELECT coalesce(json_agg(json_build_object('tags', q.tags, 'name', q.name, 'digest', q.digest, 'sourceType', q.source_type, 'source', q.source, 'schema', q.schema) ORDER BY q.id), '[]')
        FROM (SELECT i.tags, d.id, d.name, d.digest, d.source_type, d.source, d.schema FROM run_input i JOIN dataset d ON d.id = i.dataset_id WHERE i.run_seq = r.seq ORDER BY d.id LIMIT ${maxDatasets + 1}) q) AS inputs
    FROM run r JOIN experiment e ON e.workspace_id = r.workspace_id AND e.number = r.experiment_number WHERE r.workspace_id = $1 AND r.run_id = $2`,
};

/** What a run says of where a model comes from, by one query; undefined when the workspace has no such run. */
export const findRunLineage = async (db: Database, workspaceId: string, runId: string): Promise<RunLineage | undefined> => {
  const [run] = await readRows<RawRun>(db, readLineage, [workspaceId, runId, sourceTags]);
  if (!run) return undefined;
  const tag = (key: string): string | null => run.tags[key] ?? null;
  const numberOf = (text: string): number | string => (Number.isFinite(Number(text)) ? Number(text) : text);
  return {
    experiment: { number: run.experimentNumber, name: run.experimentName },
    runId: run.runId,
    name: run.name,
    status: run.status,
    user: run.user,
    startTime: run.startTime === null ? null : Number(run.startTime),
    endTime: run.endTime === null ? null : Number(run.endTime),
    source: { name: tag("mlflow.source.name"), type: tag("mlflow.source.type"), commit: tag("mlflow.source.git.commit"), branch: tag("mlflow.source.git.branch"), repository: tag("mlflow.source.git.repoURL") },
    parentRunId: tag("mlflow.parentRunId"),
    params: Object.fromEntries(run.params.slice(0, maxParams).map(([key, value]) => [key, cut(value)])),
    metrics: Object.fromEntries(run.metrics.slice(0, maxMetrics).map(([key, value]) => [key, numberOf(value)])),
    datasets: run.inputs.slice(0, maxDatasets).map(({ tags, name, digest, sourceType, source, schema }) => ({
      name,
      digest,
      sourceType,
      source: cut(source, 4_000),
      schema: schema !== null && schema.length <= maxSchemaLength ? schema : null,
      context: contextOf(tags),
    })),
    isCut: run.params.length > maxParams || run.metrics.length > maxMetrics || run.inputs.length > maxDatasets,
  };
};
