import { type Tx } from "@/lib/platform/db";

export type RunPoint = { runId: string; value: number; timestamp: number; step: number };
type RawPoint = { runId: string; value: number; ts: bigint; step: bigint };

const toPoint = ({ ts, step, ...rest }: RawPoint): RunPoint => ({ ...rest, timestamp: Number(ts), step: Number(step) });

/** Histories of one metric of several runs, one after another, each by time; at most `limit` points in all. */
export const listHistories = async (tx: Tx, workspaceId: string, runIds: readonly string[], key: string, limit: number): Promise<RunPoint[]> => {
  const rows = await tx.$queryRaw<RawPoint[]>`
    SELECT r.run_id AS "runId", p.value, p.ts, p.step
    FROM unnest(${[...runIds]}::text[]) WITH ORDINALITY AS i(id, place) JOIN run r ON r.workspace_id = ${workspaceId}::uuid AND r.run_id = i.id::bpchar
    JOIN metric_point p ON p.run_seq = r.seq AND p.key_id = (SELECT id FROM metric_key WHERE workspace_id = ${workspaceId}::uuid AND key = ${key})
    ORDER BY i.place, p.ts, p.step, p.value LIMIT ${limit}`;
  return rows.map(toPoint);
};

export type StepRange = { from: number; to: number };

/**
 * Points of one metric of several runs at no more than `steps` of the steps that any of them logged, evenly spread, and at the first
 * and last of each run; at most `perRun` points of a run. By run and step.
 */
export const sampleHistories = async (tx: Tx, workspaceId: string, runIds: readonly string[], key: string, { range, steps, perRun }: { range: StepRange | undefined; steps: number; perRun: number }): Promise<RunPoint[]> => {
  const { from, to } = range ?? { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER };
  const rows = await tx.$queryRaw<RawPoint[]>`
    WITH r AS (SELECT seq, run_id FROM run WHERE workspace_id = ${workspaceId}::uuid AND run_id = ANY(${[...runIds]}::bpchar[])),
      k AS (SELECT id FROM metric_key WHERE workspace_id = ${workspaceId}::uuid AND key = ${key}),
      p AS (SELECT DISTINCT m.run_seq, m.step FROM metric_point m JOIN r ON r.seq = m.run_seq WHERE m.key_id = (SELECT id FROM k) AND m.step BETWEEN ${from}::bigint AND ${to}::bigint),
      s AS (SELECT step, row_number() OVER (ORDER BY step) - 1 AS place, count(*) OVER () AS total FROM (SELECT DISTINCT step FROM p) d),
      chosen AS (
        SELECT step FROM s WHERE total <= ${steps}::int OR place = total - 1 OR place = 0 OR place * ${steps}::int / total <> (place - 1) * ${steps}::int / total
        UNION SELECT min(step) FROM p GROUP BY run_seq UNION SELECT max(step) FROM p GROUP BY run_seq)
    SELECT "runId", value, ts, step FROM (
      SELECT r.run_id AS "runId", m.value, m.ts, m.step, row_number() OVER (PARTITION BY m.run_seq ORDER BY m.step, m.ts, m.value) AS place
      FROM metric_point m JOIN r ON r.seq = m.run_seq JOIN chosen c ON c.step = m.step WHERE m.key_id = (SELECT id FROM k)) points
    WHERE place <= ${perRun}::int ORDER BY "runId", step, ts, value`;
  return rows.map(toPoint);
};

export type DatasetSummary = { experimentNumber: number; name: string; digest: string; context: string | null };

/** Datasets that runs of experiments read, with what they read them for. */
export const summarizeDatasets = (tx: Tx, workspaceId: string, experimentNumbers: readonly number[], limit: number): Promise<DatasetSummary[]> => tx.$queryRaw<DatasetSummary[]>`
  SELECT DISTINCT d.experiment_number AS "experimentNumber", d.name, d.digest, (SELECT c.value FROM jsonb_to_recordset(i.tags) AS c(key text, value text) WHERE c.key = 'mlflow.data.context' LIMIT 1) AS context
  FROM dataset d JOIN run_input i ON i.workspace_id = d.workspace_id AND i.dataset_id = d.id JOIN run r ON r.seq = i.run_seq AND r.lifecycle_stage = 'active'
  WHERE d.workspace_id = ${workspaceId}::uuid AND d.experiment_number = ANY(${[...experimentNumbers]}::int[]) ORDER BY 1, 2, 3, 4 LIMIT ${limit}`;
