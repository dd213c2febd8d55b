import { type Database, numberArray, refusalOf, runStatement, type Statement } from "@/lib/platform/db";

import type { MetricPoint } from "./store-metrics";
import type { KeyValue } from "./store-runs";

/*
 * Telemetry is written by one statement a call: it finds the run (of this workspace, and not deleted), writes, and says whether there was
 * one. Postgres runs writing parts of a WITH that nothing refers to in the reverse of their order, so every statement here locks points,
 * params, tags and then newest metrics, each sorted by name: writers of one run can't deadlock, and wait for each other only at the end.
 */

const upsertLatest = `ON CONFLICT (run_seq, key_id) DO UPDATE SET value = excluded.value, step = excluded.step, ts = excluded.ts
    WHERE (excluded.step, excluded.ts, excluded.value) > (l.step, l.ts, l.value)`;

const oneMetric: Statement = {
  name: "log_metric",
  text: `WITH r AS (
    SELECT seq, experiment_number FROM run WHERE workspace_id = $1 AND run_id = $2 AND lifecycle_stage = 'active'
  ), latest AS (
    INSERT INTO metric_latest AS l (run_seq, key_id, experiment_number, step, ts, value)
    SELECT seq, $3::int, experiment_number, $4::bigint, $5::bigint, $6::float8 FROM r ${upsertLatest}
  ), points AS (
    INSERT INTO metric_point (run_seq, key_id, step, ts, value) SELECT seq, $3::int, $4::bigint, $5::bigint, $6::float8 FROM r ON CONFLICT DO NOTHING
  ) SELECT 1 FROM r`,
};

const readMetrics = `i AS (
    SELECT * FROM unnest($3::int[], $4::bigint[], $5::bigint[], $6::float8[]) AS u(key_id, step, ts, value)
  )`;
const writeMetrics = `latest AS (
    INSERT INTO metric_latest AS l (run_seq, key_id, experiment_number, step, ts, value)
    SELECT DISTINCT ON (key_id) r.seq, key_id, r.experiment_number, step, ts, value FROM i, r ORDER BY key_id, step DESC, ts DESC, value DESC ${upsertLatest}
  )`;
const writePoints = `points AS (
    INSERT INTO metric_point (run_seq, key_id, step, ts, value) SELECT r.seq, key_id, step, ts, value FROM i, r ORDER BY key_id, step, ts, value ON CONFLICT DO NOTHING
  )`;

const metricsOnly: Statement = {
  name: "log_metrics",
  text: `WITH r AS (
    SELECT seq, experiment_number FROM run WHERE workspace_id = $1 AND run_id = $2 AND lifecycle_stage = 'active'
  ), ${readMetrics}, ${writeMetrics}, ${writePoints} SELECT 1 FROM r`,
};

const everything: Statement = {
  name: "log_everything",
  text: `WITH r AS (
    SELECT r.seq, r.experiment_number, e.seq AS experiment_seq FROM run r JOIN experiment e ON e.workspace_id = r.workspace_id AND e.number = r.experiment_number
    WHERE r.workspace_id = $1 AND r.run_id = $2 AND r.lifecycle_stage = 'active'
  ), ${readMetrics}, renamed AS (
    UPDATE run SET name = $11::text FROM r WHERE run.seq = r.seq AND $11::text IS NOT NULL
  ), ${writeMetrics}, of_models AS (
    INSERT INTO logged_model_metric (workspace_id, model_id, key, run_id, step, ts, value, dataset_name, dataset_digest)
    SELECT m.workspace_id, m.model_id, u.key, $2, u.step, u.ts, u.value, u.dataset_name, u.dataset_digest
    FROM r, jsonb_to_recordset($12::jsonb) AS u(model_id text, key text, step bigint, ts bigint, value float8, dataset_name text, dataset_digest text)
    JOIN logged_model m ON m.workspace_id = $1 AND m.model_id = u.model_id
    ORDER BY 2, 3, 5, 6 ON CONFLICT DO NOTHING
  ), tags AS (
    INSERT INTO run_tag (run_seq, experiment_seq, key, value) SELECT r.seq, r.experiment_seq, u.key, u.value FROM r, unnest($9::text[], $10::text[]) AS u(key, value)
    ON CONFLICT (run_seq, key) DO UPDATE SET value = excluded.value
  ), params AS (
    INSERT INTO run_param AS p (run_seq, experiment_seq, key, value) SELECT r.seq, r.experiment_seq, u.key, u.value FROM r, unnest($7::text[], $8::text[]) AS u(key, value)
    ON CONFLICT (run_seq, key) DO UPDATE SET value = refuse_param_change(p.key, p.value, excluded.value) WHERE p.value IS DISTINCT FROM excluded.value
  ), ${writePoints} SELECT 1 FROM r`,
};

export type ParamConflict = KeyValue & { wanted: string };
/** `unknown`: the workspace has no such run, or it is deleted. */
export type LogOutcome = "written" | "unknown" | ParamConflict;

export type LogEntry = { metrics: readonly MetricPoint[]; params: readonly KeyValue[]; tags: readonly KeyValue[]; keyIds: ReadonlyMap<string, number> };

const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : 1);
const sorted = (pairs: readonly KeyValue[]): KeyValue[] => [...new Map(pairs.map((pair) => [pair.key, pair])).values()].sort(byKey);

const metricColumns = (points: readonly MetricPoint[], keyIds: ReadonlyMap<string, number>): string[] => [
  numberArray(points.map(({ key }) => keyIds.get(key) ?? 0)),
  numberArray(points.map(({ step }) => step)),
  numberArray(points.map(({ timestamp }) => timestamp)),
  numberArray(points.map(({ value }) => value)),
];

const modelMetrics = (points: readonly MetricPoint[]): string =>
  JSON.stringify(points.flatMap(({ modelId, key, step, timestamp, value, datasetName, datasetDigest }) =>
    modelId === undefined ? [] : [{ model_id: modelId, key, step: String(step), ts: String(timestamp), value: String(value), dataset_name: datasetName ?? "", dataset_digest: datasetDigest ?? "" }]));

/**
 * Writes metrics, params and tags of a run in one statement, all of them or none. What is there already (a retry, a repeated NaN) changes
 * nothing; of a tag that occurs twice the last counts; the tag mlflow.runName renames the run. `keyIds` number the metric names.
 */
export const logToRun = async (db: Database, workspaceId: string, runId: string, { metrics, params, tags, keyIds }: LogEntry): Promise<LogOutcome> => {
  const run = [workspaceId, runId];
  const [first] = metrics;
  const isMetricsOnly = params.length === 0 && tags.length === 0 && metrics.every(({ modelId }) => modelId === undefined);
  if (isMetricsOnly && first) {
    const rows = metrics.length === 1 ? await runStatement(db, oneMetric, [...run, keyIds.get(first.key) ?? 0, first.step, first.timestamp, first.value]) : await runStatement(db, metricsOnly, [...run, ...metricColumns(metrics, keyIds)]);
    return rows.length === 0 ? "unknown" : "written";
  }
  const [ownParams, ownTags] = [sorted(params), sorted(tags)];
  try {
    const rows = await runStatement(db, everything, [
      ...run, ...metricColumns(metrics, keyIds),
      ownParams.map(({ key }) => key), ownParams.map(({ value }) => value), ownTags.map(({ key }) => key), ownTags.map(({ value }) => value),
      ownTags.find(({ key }) => key === "mlflow.runName")?.value ?? null, modelMetrics(metrics),
    ]);
    return rows.length === 0 ? "unknown" : "written";
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal?.state !== "SL001") throw error;
    return JSON.parse(refusal.detail) as ParamConflict;
  }
};
