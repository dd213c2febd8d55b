"use client";

import { useMetricSeries } from "../metrics/use-metric-series";

const size = { width: 84, height: 20 };
const buckets = 42;

/** The course of a metric in small, beside its last value; the curve itself is a press away. Nothing where it was logged once. */
export function MetricSpark({ workspace, runId, metric }: { workspace: string; runId: string; metric: string }) {
  const { data } = useMetricSeries({ workspace, runIds: [runId], metric, axis: "step", buckets, zoom: undefined });
  const points = data?.series[0]?.points;
  if (points === undefined || points.x.length < 2) return <span className="block h-5 w-21" />;
  const [left, right] = [points.x[0] ?? 0, points.x.at(-1) ?? 1];
  const low = points.y.reduce((a, b) => Math.min(a, b), Infinity);
  const high = points.y.reduce((a, b) => Math.max(a, b), -Infinity);
  const place = (value: number, from: number, to: number, length: number): number => (to > from ? ((value - from) / (to - from)) * (length - 4) + 2 : length / 2);
  const line = points.x.map((x, index) => `${place(x, left, right, size.width).toFixed(1)},${(size.height - place(points.y[index] ?? low, low, high, size.height)).toFixed(1)}`).join(" ");
  return <svg aria-hidden width={size.width} height={size.height} className="block"><polyline points={line} fill="none" stroke="var(--cat-1)" strokeWidth={1.25} strokeLinejoin="round" /></svg>;
}
