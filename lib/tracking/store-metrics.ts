import { type Database, runStatement, type Statement, type Tx } from "@/lib/platform/db";

import type { MetricRow } from "./store-runs";

/** Times and steps beyond 2^53 are bigints. */
export type MetricPoint = Omit<MetricRow, "timestamp" | "step"> & { timestamp: number | bigint; step: number | bigint; modelId?: string | undefined; datasetName?: string | undefined; datasetDigest?: string | undefined };

const known = new Map<string, Map<string, number>>();
const maxKnown = 50_000;

/**
 * Numbers of metric names; names are few and never change, so that each process remembers them. Learned outside of any transaction: a
 * rolled-back one would leave numbers behind that nothing has.
 */
export const learnMetricKeys = async (tx: Tx, workspaceId: string, keys: readonly string[]): Promise<ReadonlyMap<string, number>> => {
  const found = known.get(workspaceId) ?? new Map<string, number>();
  const missing = keys.filter((key) => !found.has(key));
  if (missing.length === 0) return found;
  const sorted = [...new Set(missing)].sort();
  await tx.$executeRaw`INSERT INTO metric_key (workspace_id, key) SELECT ${workspaceId}::uuid, k FROM unnest(${sorted}::text[]) k WHERE NOT EXISTS (SELECT 1 FROM metric_key m WHERE m.workspace_id = ${workspaceId}::uuid AND m.key = k) ON CONFLICT DO NOTHING`;
  const learned = await tx.metricKey.findMany({ where: { workspaceId, key: { in: sorted } } });
  const all = found.size > maxKnown ? new Map<string, number>() : found;
  for (const { id, key } of learned) all.set(key, id);
  known.set(workspaceId, all);
  return all === found ? found : learnMetricKeys(tx, workspaceId, keys);
};

/** A point of a history as Postgres writes it: time, step, value (NaN and ±Infinity by name). */
export type HistoryPoint = readonly [ts: string, step: string, value: string];

const historyPage = (name: string, after: string): Statement => ({
  name,
  text: `SELECT p.ts, p.step, p.value FROM metric_point p
    WHERE p.run_seq = (SELECT seq FROM run WHERE workspace_id = $1 AND run_id = $2) AND p.key_id = (SELECT id FROM metric_key WHERE workspace_id = $1 AND key = $3) ${after}
    ORDER BY p.ts, p.step, p.value LIMIT $4`,
});
const firstPage = historyPage("metric_history", "");
const nextPage = historyPage("metric_history_after", "AND (p.ts, p.step, p.value) > ($5::bigint, $6::bigint, $7::float8)");

/** Points of one metric of a run by time, step and value, from behind `after` on; none also when there is no such run. */
export const listHistory = async (db: Database, workspaceId: string, runId: string, key: string, { after, limit }: { after: HistoryPoint | undefined; limit: number }): Promise<HistoryPoint[]> => {
  const values = [workspaceId, runId, key, limit];
  const rows = after ? await runStatement(db, nextPage, [...values, ...after]) : await runStatement(db, firstPage, values);
  return rows as unknown as HistoryPoint[];
};
