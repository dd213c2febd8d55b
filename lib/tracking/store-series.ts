import { Prisma, type Tx } from "@/lib/platform/db";

import type { SeriesAxis } from "./schema-series";

export type SeriesRun = { seq: bigint; runId: string; status: string; startTime: number };

/** Runs of the workspace among `runIds`. */
export const findSeriesRuns = async (tx: Tx, workspaceId: string, runIds: readonly string[]): Promise<SeriesRun[]> => {
  const rows = await tx.$queryRaw<(Omit<SeriesRun, "startTime"> & { startTime: bigint | null })[]>`
    SELECT seq, run_id AS "runId", status, start_time AS "startTime" FROM run WHERE workspace_id = ${workspaceId}::uuid AND run_id = ANY(${[...runIds]}::text[])`;
  return rows.map(({ startTime, ...row }) => ({ ...row, startTime: Number(startTime ?? 0) }));
};

/** Names of the metrics of runs with the number of runs that hold each. */
export const listMetricKeys = (tx: Tx, seqs: readonly bigint[]): Promise<{ key: string; runs: number }[]> =>
  tx.$queryRaw`SELECT k.key, count(*)::int AS runs FROM metric_latest l JOIN metric_key k ON k.id = l.key_id WHERE l.run_seq = ANY(${[...seqs]}::bigint[]) GROUP BY k.key ORDER BY k.key`;

export const findMetricKeyId = async (tx: Tx, workspaceId: string, key: string): Promise<number | undefined> =>
  (await tx.metricKey.findUnique({ where: { workspaceId_key: { workspaceId, key } }, select: { id: true } }))?.id;

export type Bounds = { seq: bigint; stepFrom: number; stepTo: number; timeFrom: number; timeTo: number };

/** Where the points of each run lie, for runs that have any. Steps are two probes of the index; times need a pass over it. */
export const readBounds = (tx: Tx, keyId: number, seqs: readonly bigint[], axis: SeriesAxis): Promise<Bounds[]> => {
  const times = axis === "step" ? Prisma.sql`(SELECT 0::bigint AS a, 0::bigint AS b) t` : Prisma.sql`LATERAL (SELECT min(ts) AS a, max(ts) AS b FROM metric_point WHERE run_seq = r.seq AND key_id = ${keyId}) t`;
  return tx.$queryRaw<Bounds[]>`
    SELECT r.seq, s.a::float8 AS "stepFrom", s.b::float8 AS "stepTo", t.a::float8 AS "timeFrom", t.b::float8 AS "timeTo"
    FROM unnest(${[...seqs]}::bigint[]) AS r(seq)
    CROSS JOIN LATERAL (SELECT min(step) AS a, max(step) AS b FROM metric_point WHERE run_seq = r.seq AND key_id = ${keyId}) s
    CROSS JOIN ${times} WHERE s.a IS NOT NULL`;
};

/** What to read of one run: `origin` is subtracted from its times. */
export type SeriesTarget = { seq: bigint; origin: number };
export type SeriesRange = { axis: SeriesAxis; from: number; to: number };
type Targets = { keyId: number; targets: readonly SeriesTarget[]; range: SeriesRange };

const limits = { low: -9_223_372_036_854_774_784, high: 9_223_372_036_854_774_784 };
const bigint = (value: number, round: (value: number) => number): Prisma.Sql => Prisma.sql`${String(BigInt(round(Math.min(limits.high, Math.max(limits.low, value)))))}::bigint`;
const float = (value: number): Prisma.Sql => Prisma.sql`${String(value)}::float8`;

const isFinite = Prisma.sql`p.value BETWEEN -1.7976931348623157e308 AND 1.7976931348623157e308`;
const place = (axis: SeriesAxis): Prisma.Sql => (axis === "step" ? Prisma.sql`p.step::float8` : Prisma.sql`(p.ts::float8 - t.origin)`);
const inRange = ({ axis, from, to }: SeriesRange): Prisma.Sql =>
  axis === "step"
    ? Prisma.sql`p.step BETWEEN ${bigint(from, Math.ceil)} AND ${bigint(to, Math.floor)}`
    : Prisma.sql`p.ts::float8 - t.origin BETWEEN ${float(from)} AND ${float(to)}`;
const targetRows = (targets: readonly SeriesTarget[]): Prisma.Sql =>
  Prisma.sql`unnest(${targets.map(({ seq }) => seq)}::bigint[], ${targets.map(({ origin }) => String(origin))}::float8[]) AS t(seq, origin)`;

/** Points of each run in the range, counted no further than `limit`: tells small series from large ones without reading the large. */
export const countUpTo = async (tx: Tx, { keyId, targets, range }: Targets, limit: number): Promise<Map<bigint, number>> => {
  const rows = await tx.$queryRaw<{ seq: bigint; n: number }[]>`
    SELECT t.seq, c.n FROM ${targetRows(targets)}
    CROSS JOIN LATERAL (SELECT count(*)::int AS n FROM (SELECT 1 FROM metric_point p WHERE p.run_seq = t.seq AND p.key_id = ${keyId} AND ${inRange(range)} LIMIT ${limit}) few) c`;
  return new Map(rows.map(({ seq, n }) => [seq, n]));
};

export type RawPoint = { seq: bigint; x: number; value: number };

/** Every point of the range by place. */
export const readPoints = (tx: Tx, { keyId, targets, range }: Targets): Promise<RawPoint[]> =>
  tx.$queryRaw<RawPoint[]>`
    SELECT t.seq, ${place(range.axis)} AS x, p.value FROM ${targetRows(targets)}
    JOIN metric_point p ON p.run_seq = t.seq AND p.key_id = ${keyId} AND ${inRange(range)}
    ORDER BY t.seq, x, p.step, p.ts, p.value`;

/** One bucket of one run. Places and values are of finite points alone, null when it has none; `sum` leaves out what could overflow it. */
export type BucketRow = {
  seq: bigint; bucket: number; total: number; finite: number; nan: number; inf: number; anyX: number;
  firstX: number | null; first: number | null; lastX: number | null; last: number | null; min: number | null; max: number | null; sum: number | null;
};

const columns = Prisma.sql`b.bucket, b.total, b.finite, b.nan, b.inf, b.any_x AS "anyX", b.low AS min, b.high AS max, b.sum`;

const bucketed = ({ axis }: SeriesRange, grid: Grid, more: Prisma.Sql): Prisma.Sql => Prisma.sql`
  SELECT floor((${place(axis)} - ${float(grid.from)}) / ${float(grid.width)})::int AS bucket, count(*)::int AS total, count(*) FILTER (WHERE ${isFinite})::int AS finite,
    count(*) FILTER (WHERE p.value = 'NaN')::int AS nan, count(*) FILTER (WHERE p.value = 'Infinity')::int AS inf, min(${place(axis)}) AS any_x,
    min(p.value) FILTER (WHERE ${isFinite}) AS low, max(p.value) FILTER (WHERE ${isFinite}) AS high, sum(p.value) FILTER (WHERE p.value BETWEEN -1e290 AND 1e290) AS sum, ${more}`;

type Grid = { from: number; width: number };

/** Counts, extremes, sum, first and last point of every bucket: one pass over the index, whatever the number of points. */
export const readBuckets = (tx: Tx, { keyId, targets, range }: Targets, grid: Grid): Promise<BucketRow[]> => {
  const points = Prisma.sql`FROM metric_point p WHERE p.run_seq = t.seq AND p.key_id = ${keyId} AND ${inRange(range)} GROUP BY 1`;
  if (range.axis !== "step") {
    return tx.$queryRaw<BucketRow[]>`
      SELECT t.seq, ${columns}, b.head[1] AS "firstX", b.head[3] AS first, b.tail[1] AS "lastX", b.tail[3] AS last FROM ${targetRows(targets)} CROSS JOIN LATERAL (
        ${bucketed(range, grid, Prisma.sql`min(ARRAY[${place(range.axis)}, p.step::float8, p.value]) FILTER (WHERE ${isFinite}) AS head, max(ARRAY[${place(range.axis)}, p.step::float8, p.value]) FILTER (WHERE ${isFinite}) AS tail`)} ${points}
      ) b ORDER BY t.seq, b.bucket`;
  }
  // The index is in the order of steps: the ends of a bucket are two probes, far cheaper than carrying them through the pass.
  const probe = (step: Prisma.Sql, order: Prisma.Sql): Prisma.Sql => Prisma.sql`LATERAL (SELECT p.value FROM metric_point p WHERE p.run_seq = t.seq AND p.key_id = ${keyId} AND p.step = ${step} AND ${isFinite} ORDER BY ${order} LIMIT 1)`;
  return tx.$queryRaw<BucketRow[]>`
    SELECT t.seq, ${columns}, b.head::float8 AS "firstX", f.value AS first, b.tail::float8 AS "lastX", l.value AS last FROM ${targetRows(targets)} CROSS JOIN LATERAL (
      ${bucketed(range, grid, Prisma.sql`min(p.step) FILTER (WHERE ${isFinite}) AS head, max(p.step) FILTER (WHERE ${isFinite}) AS tail`)} ${points}
    ) b
    LEFT JOIN ${probe(Prisma.sql`b.head`, Prisma.sql`p.step, p.ts, p.value`)} f ON true
    LEFT JOIN ${probe(Prisma.sql`b.tail`, Prisma.sql`p.step DESC, p.ts DESC, p.value DESC`)} l ON true
    ORDER BY t.seq, b.bucket`;
};
