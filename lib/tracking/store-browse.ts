import { Prisma, type Tx } from "@/lib/platform/db";

import { toMetricValue } from "./metric-value";
import type { MetricValue } from "./schema";
import type { ExperimentRow } from "./store-experiments";
import { loadLoggedModelDetails, type LoggedModelDetails, type LoggedModelRow } from "./store-logged-models";

/** What a row of a table holds beside the run itself. */
export type ChosenColumns = { metrics: string[]; params: string[]; tags: string[] };
export type ColumnValues = { metrics: Record<string, MetricValue>; params: Record<string, string>; tags: Record<string, string> };

type TextRow = { seq: bigint; key: string; value: string };

/** The chosen metrics, params and tags of runs: at most three queries, whatever their number. */
export const loadChosen = async (tx: Tx, workspaceId: string, seqs: readonly bigint[], { metrics, params, tags }: ChosenColumns): Promise<Map<bigint, ColumnValues>> => {
  const values = new Map<bigint, ColumnValues>(seqs.map((seq) => [seq, { metrics: {}, params: {}, tags: {} }]));
  const ids = [...seqs];
  if (ids.length === 0) return values;
  if (metrics.length > 0) {
    const rows = await tx.$queryRaw<{ seq: bigint; key: string; value: number }[]>`
      SELECT l.run_seq AS seq, k.key, l.value FROM metric_latest l JOIN metric_key k ON k.id = l.key_id
      WHERE l.run_seq = ANY(${ids}::bigint[]) AND k.workspace_id = ${workspaceId}::uuid AND k.key = ANY(${metrics}::text[])`;
    for (const { seq, key, value } of rows) Object.assign(values.get(seq)?.metrics ?? {}, { [key]: toMetricValue(value) });
  }
  if (params.length > 0) {
    const rows = await tx.$queryRaw<TextRow[]>`SELECT run_seq AS seq, key, left(value, 500) AS value FROM run_param WHERE run_seq = ANY(${ids}::bigint[]) AND key = ANY(${params}::text[])`;
    for (const { seq, key, value } of rows) Object.assign(values.get(seq)?.params ?? {}, { [key]: value });
  }
  if (tags.length > 0) {
    const rows = await tx.$queryRaw<TextRow[]>`SELECT run_seq AS seq, key, left(value, 500) AS value FROM run_tag WHERE run_seq = ANY(${ids}::bigint[]) AND key = ANY(${tags}::text[])`;
    for (const { seq, key, value } of rows) Object.assign(values.get(seq)?.tags ?? {}, { [key]: value });
  }
  return values;
};

/** Those of the params, in their order, of which an experiment holds more than one value: the ends of the index differ, nothing between is read. Values count by their first 200 characters. */
export const findVaryingParams = async (tx: Tx, workspaceId: string, number: number, keys: readonly string[]): Promise<string[]> => {
  if (keys.length === 0) return [];
  const end = (order: Prisma.Sql): Prisma.Sql => Prisma.sql`(SELECT x.value_start FROM run_param x WHERE x.experiment_seq = e.seq AND x.key = k.key ORDER BY x.value_start ${order} LIMIT 1)`;
  const rows = await tx.$queryRaw<{ key: string }[]>`
    SELECT k.key FROM experiment e, unnest(${[...keys]}::text[]) WITH ORDINALITY AS k(key, place)
    WHERE e.workspace_id = ${workspaceId}::uuid AND e.number = ${number}::int AND ${end(Prisma.sql`ASC`)} IS DISTINCT FROM ${end(Prisma.sql`DESC`)} ORDER BY k.place`;
  return rows.map(({ key }) => key);
};

/** How many runs of the same lifecycle stage are nested in each of these. */
export const countChildren = async (tx: Tx, workspaceId: string, runIds: readonly string[], stage: "active" | "deleted"): Promise<Map<string, number>> => {
  if (runIds.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ parentId: string; count: number }[]>`
    SELECT t.value AS "parentId", count(*)::int AS count FROM run_tag t JOIN run r ON r.seq = t.run_seq
    WHERE t.key = 'mlflow.parentRunId' AND t.value = ANY(${[...runIds]}::text[]) AND r.workspace_id = ${workspaceId}::uuid AND r.lifecycle_stage = ${stage} GROUP BY 1`;
  return new Map(rows.map(({ parentId, count }) => [parentId, count]));
};

export type Activity = { runs: number; lastStartMs: number | null };

/** Active runs of experiments (counted up to `cap` + 1) and when the newest of them began. */
export const loadActivity = async (tx: Tx, workspaceId: string, numbers: readonly number[], cap: number): Promise<Map<number, Activity>> => {
  if (numbers.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ number: number; runs: number; last: bigint | null }[]>`
    SELECT n.number,
      (SELECT count(*)::int FROM (SELECT 1 FROM run r WHERE r.workspace_id = ${workspaceId}::uuid AND r.experiment_number = n.number AND r.lifecycle_stage = 'active' LIMIT ${cap + 1}) counted) AS runs,
      (SELECT r.start_time FROM run r WHERE r.workspace_id = ${workspaceId}::uuid AND r.experiment_number = n.number AND r.start_time IS NOT NULL ORDER BY r.start_time DESC LIMIT 1) AS last
    FROM unnest(${[...numbers]}::int[]) AS n(number)`;
  return new Map(rows.map(({ number, runs, last }) => [number, { runs, lastStartMs: last === null ? null : Number(last) }]));
};

/** Numbers of experiments whose name holds `q`, last active first. */
export const listExperimentNumbers = async (tx: Tx, workspaceId: string, { q, stage, offset, limit }: { q: string | undefined; stage: "active" | "deleted" | "all"; offset: number; limit: number }): Promise<number[]> => {
  const named = q === undefined ? Prisma.empty : Prisma.sql`AND strpos(lower(e.name), lower(${q})) > 0`;
  const staged = stage === "all" ? Prisma.empty : Prisma.sql`AND e.lifecycle_stage = ${stage}`;
  const rows = await tx.$queryRaw<{ number: number }[]>`
    SELECT e.number FROM experiment e WHERE e.workspace_id = ${workspaceId}::uuid ${named} ${staged}
    ORDER BY greatest(extract(epoch FROM e.updated_at) * 1000,
      (SELECT r.start_time FROM run r WHERE r.workspace_id = e.workspace_id AND r.experiment_number = e.number AND r.start_time IS NOT NULL ORDER BY r.start_time DESC LIMIT 1)) DESC, e.number
    OFFSET ${offset} LIMIT ${limit}`;
  return rows.map(({ number }) => number);
};

/** Experiments in the order of their numbers in the list. */
export const listExperimentRows = async (tx: Tx, workspaceId: string, numbers: readonly number[]): Promise<ExperimentRow[]> => {
  const rows = await tx.experiment.findMany({ where: { workspaceId, number: { in: [...numbers] } }, include: { tags: { select: { key: true, value: true } } } });
  const byNumber = new Map(rows.map((row) => [row.number, row]));
  return numbers.flatMap((number) => byNumber.get(number) ?? []);
};

/** The logged models that a run made or linked as its outputs, oldest first; at most `limit`. */
export const listModelsOfRun = async (tx: Tx, workspaceId: string, runId: string, outputs: readonly string[], limit: number): Promise<(LoggedModelRow & LoggedModelDetails)[]> => {
  const rows = await tx.loggedModel.findMany({ where: { workspaceId, deletedAt: null, OR: [{ sourceRunId: runId }, { modelId: { in: [...outputs] } }] }, orderBy: [{ createdAt: "asc" }, { modelId: "asc" }], take: limit });
  const details = await loadLoggedModelDetails(tx, workspaceId, rows.map(({ modelId }) => modelId));
  return rows.flatMap((row) => {
    const held = details.get(row.modelId);
    return held ? [{ ...row, ...held }] : [];
  });
};

/** Names of logged models and the runs that made them. */
export const listModelNames = async (tx: Tx, workspaceId: string, ids: readonly string[]): Promise<{ modelId: string; name: string; sourceRunId: string | null }[]> =>
  ids.length === 0 ? [] : tx.loggedModel.findMany({ where: { workspaceId, modelId: { in: [...ids] } }, orderBy: { modelId: "asc" }, select: { modelId: true, name: true, sourceRunId: true } });
