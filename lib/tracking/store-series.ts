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

type Grid = { from: number; width: number };

/** A part of a run's history, bounds inclusive: a stretch of steps, and of times (epoch milliseconds) where buckets are of time. */
export type Cell = { seq: bigint; bucket: number; stepFrom: bigint; stepTo: bigint; timeFrom: bigint; timeTo: bigint };

/** What one pass tells of a bucket. `min` and `max` are not finite where a value isn't one; `sum` leaves out what could overflow it. */
export type QuickRow = Cell & { total: number; firstX: number; lastX: number; min: number; max: number; sum: number | null };
/** A bucket in which values are no number, looked at again: what is finite in it, null when nothing is, and how many of each other kind. */
export type CarefulRow = { [Key in keyof Cell]: Key extends "seq" | "bucket" ? Cell[Key] : Cell[Key] | null } & { finite: number; nan: number; inf: number; anyX: number; firstX: number | null; lastX: number | null; min: number | null; max: number | null };

const stepAt = (value: number): bigint => BigInt(Math.ceil(Math.min(limits.high, Math.max(limits.low, value))));

/** Stretches of a grid of steps: neighbours share no step, and none lies between them. */
export const stepCells = (seq: bigint, grid: Grid, { from, to }: { from: number; to: number }): Cell[] => {
  const [first, last] = [Math.floor((from - grid.from) / grid.width), Math.floor((to - grid.from) / grid.width)];
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const bucket = first + index;
    const stepFrom = stepAt(index === 0 ? from : grid.from + bucket * grid.width);
    const stepTo = bucket === last ? stepAt(Math.floor(to)) : stepAt(grid.from + (bucket + 1) * grid.width) - 1n;
    return { seq, bucket, stepFrom, stepTo, timeFrom: 0n, timeTo: 0n };
  });
};

const texts = (values: readonly bigint[]): Prisma.Sql => Prisma.sql`${values.map(String)}::bigint[]`;
const cellRows = (cells: readonly Cell[]): Prisma.Sql => Prisma.sql`unnest(
  ${texts(cells.map(({ seq }) => seq))}, ${cells.map(({ bucket }) => bucket)}::int[], ${texts(cells.map(({ stepFrom }) => stepFrom))}, ${texts(cells.map(({ stepTo }) => stepTo))},
  ${texts(cells.map(({ timeFrom }) => timeFrom))}, ${texts(cells.map(({ timeTo }) => timeTo))}
) AS t(seq, bucket, step_from, step_to, time_from, time_to)`;
const inCell = (keyId: number): Prisma.Sql => Prisma.sql`metric_point p WHERE p.run_seq = t.seq AND p.key_id = ${keyId} AND p.step BETWEEN t.step_from AND t.step_to`;

const quick = Prisma.sql`count(*)::int AS total, min(p.step) AS "stepFrom", max(p.step) AS "stepTo", min(p.value) AS min, max(p.value) AS max, sum(p.value) FILTER (WHERE p.value BETWEEN -1e290 AND 1e290) AS sum`;
const times = Prisma.sql`min(p.ts) AS "timeFrom", max(p.ts) AS "timeTo"`;

const careful = (x: Prisma.Sql): Prisma.Sql => Prisma.sql`
  count(*) FILTER (WHERE ${isFinite})::int AS finite, count(*) FILTER (WHERE p.value = 'NaN')::int AS nan, count(*) FILTER (WHERE p.value = 'Infinity')::int AS inf, min(${x}) AS "anyX",
  min(p.step) FILTER (WHERE ${isFinite}) AS "stepFrom", max(p.step) FILTER (WHERE ${isFinite}) AS "stepTo", min(p.ts) FILTER (WHERE ${isFinite}) AS "timeFrom", max(p.ts) FILTER (WHERE ${isFinite}) AS "timeTo",
  min(${x}) FILTER (WHERE ${isFinite}) AS "firstX", max(${x}) FILTER (WHERE ${isFinite}) AS "lastX", min(p.value) FILTER (WHERE ${isFinite}) AS min, max(p.value) FILTER (WHERE ${isFinite}) AS max`;

/** Counts, extremes and sum of stretches of steps: each is a stretch of the index, read once. */
export const readStepCells = (tx: Tx, keyId: number, cells: readonly Cell[]): Promise<QuickRow[]> =>
  tx.$queryRaw<QuickRow[]>`
    SELECT t.seq, t.bucket, b.*, b."stepFrom"::float8 AS "firstX", b."stepTo"::float8 AS "lastX", 0::bigint AS "timeFrom", 0::bigint AS "timeTo"
    FROM ${cellRows(cells)} CROSS JOIN LATERAL (SELECT ${quick} FROM ${inCell(keyId)}) b WHERE b.total > 0 ORDER BY t.seq, t.bucket`;

export const readOddSteps = (tx: Tx, keyId: number, cells: readonly Cell[]): Promise<CarefulRow[]> =>
  tx.$queryRaw<CarefulRow[]>`SELECT t.seq, t.bucket, b.* FROM ${cellRows(cells)} CROSS JOIN LATERAL (SELECT ${careful(Prisma.sql`p.step::float8`)} FROM ${inCell(keyId)}) b`;

const byTime = ({ keyId, targets, range }: Targets, grid: Grid, columns: Prisma.Sql): Prisma.Sql => Prisma.sql`
  SELECT t.seq, b.* FROM ${targetRows(targets)} CROSS JOIN LATERAL (
    SELECT floor((${place(range.axis)} - ${float(grid.from)}) / ${float(grid.width)})::int AS bucket, ${columns}
    FROM metric_point p WHERE p.run_seq = t.seq AND p.key_id = ${keyId} AND ${inRange(range)} GROUP BY 1
  ) b ORDER BY t.seq, b.bucket`;

/** The same by time, which no index is in the order of: one pass over the run's points, sorted into buckets. */
export const readTimeCells = (tx: Tx, targets: Targets, grid: Grid): Promise<QuickRow[]> =>
  tx.$queryRaw<QuickRow[]>`${byTime(targets, grid, Prisma.sql`${quick}, ${times}, min(p.ts)::float8 - t.origin AS "firstX", max(p.ts)::float8 - t.origin AS "lastX"`)}`;

export const readOddTimes = (tx: Tx, targets: Targets, grid: Grid): Promise<CarefulRow[]> => tx.$queryRaw<CarefulRow[]>`${byTime(targets, grid, careful(place(targets.range.axis)))}`;

/** First and last finite value of cells, by step and then by time: two probes of the index each. A cell's steps are the least and greatest that it holds. */
export const readEnds = (tx: Tx, keyId: number, axis: SeriesAxis, cells: readonly Cell[]): Promise<{ seq: bigint; bucket: number; first: number; last: number }[]> => {
  const timely = axis === "step" ? Prisma.empty : Prisma.sql`AND p.ts BETWEEN t.time_from AND t.time_to`;
  const probe = (step: Prisma.Sql, order: Prisma.Sql): Prisma.Sql => Prisma.sql`LATERAL (SELECT p.value FROM metric_point p WHERE p.run_seq = t.seq AND p.key_id = ${keyId} AND p.step = ${step} ${timely} AND ${isFinite} ORDER BY ${order} LIMIT 1)`;
  return tx.$queryRaw<{ seq: bigint; bucket: number; first: number; last: number }[]>`
    SELECT t.seq, t.bucket, f.value AS first, l.value AS last FROM ${cellRows(cells)}
    CROSS JOIN ${probe(Prisma.sql`t.step_from`, Prisma.sql`p.step, p.ts, p.value`)} f CROSS JOIN ${probe(Prisma.sql`t.step_to`, Prisma.sql`p.step DESC, p.ts DESC, p.value DESC`)} l`;
};
