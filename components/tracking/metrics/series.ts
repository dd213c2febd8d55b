import type { CurveLine } from "@/components/patterns/curve-types";
import { type MetricSeriesView, type RunSeries, smooth } from "@/lib/tracking";
import type { DrawnRun } from "./run-style";

type Readings = CurveLine["readings"];

/** What stands at each place of a curve: its points, or the means of its buckets. */
const readingsOf = ({ points, buckets }: RunSeries): Readings =>
  buckets ? { x: buckets.x, value: buckets.mean, n: buckets.n, min: buckets.min, max: buckets.max } : { x: points.x, value: points.y, n: points.x.map(() => 1), min: points.y, max: points.y };

/** Lines of the runs that have points; smoothed by `weight` over what stands at each place, with the curve as logged behind. */
export const toLines = (view: MetricSeriesView, runs: readonly DrawnRun[], weight: number): CurveLine[] => {
  const found = new Map(view.series.map((series) => [series.runId, series]));
  return runs.flatMap(({ runId, name, style }): CurveLine[] => {
    const series = found.get(runId);
    if (!series || series.count === 0) return [];
    const readings = readingsOf(series);
    const base = { key: runId, name, style, gaps: series.gaps };
    if (weight <= 0) return [{ ...base, curve: series.points, readings }];
    const value = smooth(readings.value, weight);
    return [{ ...base, curve: { x: readings.x, y: value }, raw: series.points, readings: { ...readings, value } }];
  });
};

/** A live curve is read anew as a whole when it has grown over its grid by this factor. */
const maxGrowth = 2;

/** Where to read on for live runs, on the same grid; undefined when everything is to be read anew. */
export const tailOf = (view: MetricSeriesView, buckets: number): { runs: string[]; from: number } | undefined => {
  const live = view.series.filter(({ isLive }) => isLive);
  const newest = live.map((series) => series.buckets?.index.at(-1));
  if (live.length === 0 || newest.some((index) => index === undefined || index >= buckets * maxGrowth)) return undefined;
  // From the oldest of the newest buckets: those may still grow.
  return { runs: live.map(({ runId }) => runId), from: view.grid.from + Math.min(...newest.map((index) => index ?? 0)) * view.grid.width };
};

const countOf = ({ buckets, gaps }: Pick<RunSeries, "buckets" | "gaps">): number => [...(buckets?.n ?? []), ...gaps.n].reduce((sum, n) => sum + n, 0);

const appended = (before: RunSeries, tail: RunSeries, from: number): RunSeries => {
  const kept = before.points.x.filter((x) => x < from).length;
  const keptBuckets = before.buckets?.x.filter((x) => x < from).length ?? 0;
  const keptGaps = before.gaps.x.filter((x) => x < from).length;
  const join = <T>(old: readonly T[] | undefined, count: number, more: readonly T[] | undefined): T[] => [...(old ?? []).slice(0, count), ...(more ?? [])];
  const buckets = {
    index: join(before.buckets?.index, keptBuckets, tail.buckets?.index),
    n: join(before.buckets?.n, keptBuckets, tail.buckets?.n),
    x: join(before.buckets?.x, keptBuckets, tail.buckets?.x),
    mean: join(before.buckets?.mean, keptBuckets, tail.buckets?.mean),
    min: join(before.buckets?.min, keptBuckets, tail.buckets?.min),
    max: join(before.buckets?.max, keptBuckets, tail.buckets?.max),
  };
  const gaps = { x: join(before.gaps.x, keptGaps, tail.gaps.x), kind: join(before.gaps.kind, keptGaps, tail.gaps.kind), n: join(before.gaps.n, keptGaps, tail.gaps.n) };
  return { ...before, isLive: tail.isLive, points: { x: join(before.points.x, kept, tail.points.x), y: join(before.points.y, kept, tail.points.y) }, buckets, gaps, count: countOf({ buckets, gaps }) };
};

/** Puts the newest buckets of live runs in the place of those from `from` on. */
export const mergeTail = (view: MetricSeriesView, tail: MetricSeriesView, from: number): MetricSeriesView => {
  const tails = new Map(tail.series.map((series) => [series.runId, series]));
  const domain = view.domain && tail.domain ? { from: Math.min(view.domain.from, tail.domain.from), to: Math.max(view.domain.to, tail.domain.to) } : (view.domain ?? tail.domain);
  return { ...view, domain, series: view.series.map((series) => {
    const own = tails.get(series.runId);
    return own ? appended(series, own, from) : series;
  }) };
};

const cell = (text: string): string => (/[",\n\r]/.test(text) || /^[=+\-@]/.test(text) ? `"${(/^[=+\-@]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"` : text);

/** What is drawn, as CSV: each point, or each bucket with its number of points, mean and extremes; values that are no number stand in rows of their own. */
export const toCsv = (view: MetricSeriesView, runs: readonly DrawnRun[]): string => {
  const names = new Map(runs.map(({ runId, name }) => [runId, name]));
  const rows = view.series.flatMap((series) => {
    const { x, value, n, min, max } = readingsOf(series);
    const head = [cell(names.get(series.runId) ?? series.runId), series.runId];
    return [
      ...x.map((place, at) => [...head, place, n[at], value[at], min[at], max[at]].join(",")),
      ...series.gaps.x.map((place, at) => [...head, place, series.gaps.n[at], series.gaps.kind[at] === "nan" ? "NaN" : series.gaps.kind[at], "", ""].join(",")),
    ];
  });
  return [["run", "run_id", view.axis === "step" ? "step" : view.axis === "time" ? "epoch_ms" : "ms_since_start", "points", "mean", "min", "max"].join(","), ...rows].join("\n") + "\n";
};
