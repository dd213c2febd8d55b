import { authorize } from "@/lib/identity/server";
import type { Context } from "@/lib/platform/context";

import { pathOf } from "./curves";
import { missing } from "./errors";
import type { MetricNamesView, MetricSeriesView, RunSeries, SeriesAxis, SeriesQuery } from "./schema-series";
import { type BucketRow, readBuckets } from "./series-buckets";
import * as store from "./store-series";

/** Points of a curve that travel as they are; above it, buckets. */
const maxExactPoints = 1_500;

const needRuns = async (ctx: Context, runIds: readonly string[]): Promise<store.SeriesRun[]> => {
  const found = new Map((await store.findSeriesRuns(ctx.deps.db, ctx.workspace.id, runIds)).map((run) => [run.runId, run]));
  return runIds.map((runId) => {
    const run = found.get(runId);
    if (!run) throw missing(`Run with id=${runId} not found`);
    return run;
  });
};

/** Names of the metrics that any of the runs logged, by name. */
export const listMetricNames = async (ctx: Context, { runs }: { runs: readonly string[] }): Promise<MetricNamesView> => {
  authorize(ctx, "run:read");
  const found = await needRuns(ctx, runs);
  return { items: await store.listMetricKeys(ctx.deps.db, found.map(({ seq }) => seq)) };
};

/**
 * Curves of one metric. Runs with few points in the range come whole; of the others every bucket of a grid that all share keeps its first
 * and last point, its extremes, its mean and its exact number of points. A call that names the grid of an earlier answer gets buckets of
 * that grid, to be put in the place of the newest ones.
 */
export const getMetricSeries = async (ctx: Context, query: SeriesQuery): Promise<MetricSeriesView> => {
  authorize(ctx, "run:read");
  const { db } = ctx.deps;
  const { metric, axis } = query;
  const runs = await needRuns(ctx, query.runs);
  const keyId = await store.findMetricKeyId(db, ctx.workspace.id, metric);
  const bounds = new Map(keyId === undefined ? [] : (await store.readBounds(db, keyId, runs.map(({ seq }) => seq), axis)).map((bound) => [bound.seq, bound]));
  const targets = runs.flatMap((run) => {
    const bound = bounds.get(run.seq);
    return bound ? [{ run, seq: run.seq, origin: originOf(axis, run.startTime, bound.timeFrom), bound }] : [];
  });
  const domain = domainOf(axis, targets);
  const range = { axis, from: query.from ?? domain?.from ?? 0, to: query.to ?? domain?.to ?? 0 };
  const grid = gridOf(query, range);
  const curves = keyId === undefined ? new Map<bigint, Curve>() : await readCurves(ctx, { keyId, targets, range, grid, isContinued: query.gridWidth !== undefined });
  return { metric, axis, domain, grid, series: runs.map(({ seq, runId, status }) => ({ runId, isLive: status === "RUNNING", ...(curves.get(seq) ?? empty) })) };
};

type Curve = Omit<RunSeries, "runId" | "isLive">;
type Grid = { from: number; width: number };
type Target = store.SeriesTarget & { bound: store.Bounds };

const empty: Curve = { count: 0, isExact: true, points: { x: [], y: [] }, buckets: null, gaps: { x: [], kind: [], n: [] } };

/** Where relative time begins: the run's start, or its first point when no client told a start. */
const originOf = (axis: SeriesAxis, startTime: number, firstTime: number): number => (axis !== "relative" ? 0 : startTime > 0 ? startTime : firstTime);

const domainOf = (axis: SeriesAxis, targets: readonly Target[]): { from: number; to: number } | null => {
  if (targets.length === 0) return null;
  const ends = targets.map(({ origin, bound }) => (axis === "step" ? { from: bound.stepFrom, to: bound.stepTo } : { from: bound.timeFrom - origin, to: bound.timeTo - origin }));
  return { from: Math.min(...ends.map(({ from }) => from)), to: Math.max(...ends.map(({ to }) => to)) };
};

const gridOf = ({ buckets, gridFrom, gridWidth }: SeriesQuery, { from, to }: { from: number; to: number }): Grid => {
  if (gridFrom !== undefined && gridWidth !== undefined) return { from: gridFrom, width: gridWidth };
  // A little wider than the range, so that its last point falls into the last bucket and not behind it.
  const width = ((to - from) / buckets) * (1 + 1e-9);
  return { from, width: width > 0 ? width : 1 };
};

type Reading = { keyId: number; targets: readonly Target[]; range: store.SeriesRange; grid: Grid; isContinued: boolean };

const readCurves = async (ctx: Context, { keyId, targets, range, grid, isContinued }: Reading): Promise<Map<bigint, Curve>> => {
  const { db } = ctx.deps;
  const sizes = isContinued ? new Map<bigint, number>() : await store.countUpTo(db, { keyId, targets, range }, maxExactPoints + 1);
  const isFew = ({ seq }: Target): boolean => !isContinued && (sizes.get(seq) ?? 0) <= maxExactPoints;
  const few = targets.filter(isFew);
  const many = targets.filter((target) => !isFew(target));
  const points = few.length > 0 ? await store.readPoints(db, { keyId, targets: few, range }) : [];
  const rows = many.length > 0 ? await readBuckets(db, { keyId, targets: many, range }, grid) : [];
  return new Map([...bySeq(points)].map(([seq, own]) => [seq, exactCurve(own)] as const).concat([...bySeq(rows)].map(([seq, own]) => [seq, reducedCurve(own)] as const)));
};

const bySeq = <Row extends { seq: bigint }>(rows: readonly Row[]): Map<bigint, Row[]> => {
  const groups = new Map<bigint, Row[]>();
  for (const row of rows) {
    const own = groups.get(row.seq);
    if (own) own.push(row);
    else groups.set(row.seq, [row]);
  }
  return groups;
};

const kindOf = (value: number): "nan" | "inf" | "-inf" => (Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf");

const exactCurve = (points: readonly store.RawPoint[]): Curve => {
  const finite = points.filter(({ value }) => Number.isFinite(value));
  const gaps = points.filter(({ value }) => !Number.isFinite(value));
  return {
    count: points.length,
    isExact: true,
    points: { x: finite.map(({ x }) => x), y: finite.map(({ value }) => value) },
    buckets: null,
    gaps: { x: gaps.map(({ x }) => x), kind: gaps.map(({ value }) => kindOf(value)), n: gaps.map(() => 1) },
  };
};

const reducedCurve = (rows: readonly BucketRow[]): Curve => {
  const summaries = rows.flatMap(({ bucket, finite, ends, sum }) => {
    if (!ends) return [];
    // The sum leaves out values that could overflow it; where there are any, the middle of the extremes stands for the mean.
    const mean = sum !== null && ends.min > -1e290 && ends.max < 1e290 ? sum / finite : ends.min / 2 + ends.max / 2;
    return [{ index: bucket, n: finite, ...ends, mean }];
  });
  const gaps = rows.flatMap(({ anyX, total, finite, nan, inf }) =>
    ([["nan", nan], ["inf", inf], ["-inf", total - finite - nan - inf]] as const).filter(([, n]) => n > 0).map(([kind, n]) => ({ x: anyX, kind, n })));
  return {
    count: rows.reduce((sum, { total }) => sum + total, 0),
    isExact: false,
    points: pathOf(summaries),
    buckets: {
      index: summaries.map(({ index }) => index),
      n: summaries.map(({ n }) => n),
      x: summaries.map(({ lastX }) => lastX),
      mean: summaries.map(({ mean }) => mean),
      min: summaries.map(({ min }) => min),
      max: summaries.map(({ max }) => max),
    },
    gaps: { x: gaps.map(({ x }) => x), kind: gaps.map(({ kind }) => kind), n: gaps.map(({ n }) => n) },
  };
};
