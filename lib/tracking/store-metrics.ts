import { must } from "@/lib/core/errors";
import { type Tx } from "@/lib/platform/db";

import type { MetricRow } from "./store-runs";

export type MetricPoint = MetricRow & { modelId?: string | undefined; datasetName?: string | undefined; datasetDigest?: string | undefined };

const known = new Map<string, number>();
const maxKnown = 50_000;

/** Numbers of metric names; names are few and never change, so that each process remembers them. */
const keyIdsOf = async (tx: Tx, workspaceId: string, keys: readonly string[]): Promise<Map<string, number>> => {
  const name = (key: string): string => `${workspaceId}/${key}`;
  const found = new Map(keys.flatMap((key) => {
    const id = known.get(name(key));
    return id === undefined ? [] : [[key, id] as const];
  }));
  const missing = keys.filter((key) => !found.has(key));
  if (missing.length > 0) {
    const sorted = [...new Set(missing)].sort();
    await tx.$executeRaw`INSERT INTO metric_key (workspace_id, key) SELECT ${workspaceId}::uuid, k FROM unnest(${sorted}::text[]) k WHERE NOT EXISTS (SELECT 1 FROM metric_key m WHERE m.workspace_id = ${workspaceId}::uuid AND m.key = k) ON CONFLICT DO NOTHING`;
    if (known.size > maxKnown) known.clear();
    for (const { id, key } of await tx.metricKey.findMany({ where: { workspaceId, key: { in: sorted } } })) {
      known.set(name(key), id);
      found.set(key, id);
    }
  }
  return found;
};

/** Learns the numbers of metric names outside of any transaction, so that a rolled-back one can't leave wrong numbers behind. */
export const learnMetricKeys = keyIdsOf;

/**
 * Adds points to the history and moves the newest ones, in one statement: rows are sorted by name, so that concurrent writers
 * of one run can't deadlock, and a point that is there already (a retry, a repeated NaN) changes nothing.
 */
export const insertMetrics = async (tx: Tx, run: { seq: bigint; experimentNumber: number }, keyIds: ReadonlyMap<string, number>, points: readonly MetricPoint[]): Promise<void> => {
  if (points.length === 0) return;
  const columns = [
    points.map(({ key }) => String(must(keyIds.get(key), `the number of the metric ${key}`))),
    points.map(({ timestamp }) => String(timestamp)),
    points.map(({ step }) => String(step)),
    points.map(({ value }) => String(value)),
  ] as const;
  await tx.$executeRaw`
    WITH i AS (
      SELECT k::int AS key_id, t::bigint AS ts, s::bigint AS step, v::float8 AS value
      FROM unnest(${columns[0]}::text[], ${columns[1]}::text[], ${columns[2]}::text[], ${columns[3]}::text[]) AS u(k, t, s, v)
    ), p AS (
      INSERT INTO metric_point (run_seq, key_id, step, ts, value) SELECT ${run.seq}, key_id, step, ts, value FROM i ORDER BY key_id, step, ts ON CONFLICT DO NOTHING
    )
    INSERT INTO metric_latest AS l (run_seq, key_id, experiment_number, value, step, ts)
    SELECT DISTINCT ON (key_id) ${run.seq}, key_id, ${run.experimentNumber}::int, value, step, ts FROM i ORDER BY key_id, step DESC, ts DESC, value DESC
    ON CONFLICT (run_seq, key_id) DO UPDATE SET value = excluded.value, step = excluded.step, ts = excluded.ts
    WHERE (excluded.step, excluded.ts, excluded.value) > (l.step, l.ts, l.value)`;
};

/** Notes metrics that were measured for logged models; those of models that don't exist are dropped, as in MLflow. */
export const insertModelMetrics = async (tx: Tx, workspaceId: string, runId: string, points: readonly MetricPoint[]): Promise<void> => {
  const own = points.flatMap((point) => (point.modelId === undefined ? [] : [{ ...point, modelId: point.modelId }]));
  if (own.length === 0) return;
  const found = new Set((await tx.loggedModel.findMany({ where: { workspaceId, modelId: { in: own.map(({ modelId }) => modelId) } }, select: { modelId: true } })).map(({ modelId }) => modelId));
  await tx.loggedModelMetric.createMany({
    data: own.filter(({ modelId }) => found.has(modelId)).map(({ modelId, key, value, timestamp, step, datasetName, datasetDigest }) => ({
      workspaceId, modelId, key, runId, value, ts: BigInt(timestamp), step: BigInt(step), datasetName: datasetName ?? "", datasetDigest: datasetDigest ?? "",
    })),
    skipDuplicates: true,
  });
};

/** History of one metric by timestamp, step and value. */
export const listHistory = async (tx: Tx, workspaceId: string, seq: bigint, key: string, { offset, limit }: { offset: number; limit: number }): Promise<MetricRow[]> => {
  const rows = await tx.$queryRaw<{ value: number; ts: bigint; step: bigint }[]>`
    SELECT p.value, p.ts, p.step FROM metric_point p
    WHERE p.run_seq = ${seq} AND p.key_id = (SELECT id FROM metric_key WHERE workspace_id = ${workspaceId}::uuid AND key = ${key})
    ORDER BY p.ts, p.step, p.value OFFSET ${offset} LIMIT ${limit}`;
  return rows.map(({ value, ts, step }) => ({ key, value, timestamp: Number(ts), step: Number(step) }));
};
