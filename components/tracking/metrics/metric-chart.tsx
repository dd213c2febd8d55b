"use client";

import { useMemo, type ReactNode } from "react";
import { ChartFrame, type ChartTable } from "@/components/patterns/chart-frame";
import { CurvePlot } from "@/components/patterns/curve-plot";
import type { CurveLine } from "@/components/patterns/curve-types";
import { valueWords } from "@/components/patterns/curve-words";
import { ErrorState } from "@/components/patterns/states";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { formatCount, formatNumber } from "@/components/ui/format";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/components/ui/time";
import { useWidth } from "@/components/ui/use-size";
import type { MetricSeriesView } from "@/lib/tracking";
import { saveText } from "./save-text";
import { toCsv, toLines } from "./series";
import { type DrawnRun } from "./run-style";
import { ValueBars } from "./value-bars";
import { useMetricSeries } from "./use-metric-series";
import type { CurveOptions, SetCurveOptions } from "./use-curve-options";

export type MetricChartProps = {
  workspace: string;
  metric: string;
  runs: readonly DrawnRun[];
  options: CurveOptions;
  onChange: SetCurveOptions;
  heightPx: number;
  /** Run that stands out. */
  focus?: string | undefined;
  title?: ReactNode;
  actions?: ReactNode;
  /** Names at the line ends instead of a legend; of up to twelve runs. */
  labels?: boolean | undefined;
  bare?: boolean | undefined;
};

/** One metric over runs, large: zoom, readout, table, CSV. */
export function MetricChart({ workspace, metric, runs, options, onChange, heightPx, focus, title, actions, labels = true, bare = false }: MetricChartProps) {
  const [ref, widthPx] = useWidth(640);
  const { local } = useNow();
  const zone = local ? undefined : "UTC";
  const runIds = useMemo(() => runs.map(({ runId }) => runId), [runs]);
  const buckets = Math.min(600, Math.max(100, Math.round(widthPx / 2 / 50) * 50));
  const query = useMetricSeries({ workspace, runIds, metric, axis: options.axis, buckets, zoom: options.zoom });
  const view = query.data;
  const lines = useMemo(() => (view ? toLines(view, runs, options.smoothing) : []), [view, runs, options.smoothing]);
  const table = useMemo(() => tableOf(view, lines), [view, lines]);
  const named = runs.filter(({ style }) => !style.faint).length;
  const span = options.zoom ?? view?.domain ?? undefined;
  const isSingle = lines.length > 1 && options.zoom === undefined && lines.every(({ curve }) => curve.x.length <= 1);
  const shown = span && span.to > span.from ? span : { from: (span?.from ?? 0) - 1, to: (span?.to ?? 0) + 1 };
  const label = `${metric} of ${formatCount(lines.length, "run")}`;
  return (
    <ChartFrame
      title={title ?? <code className="text-[12.5px]">{metric}</code>}
      note={title === undefined ? axisWords[options.axis] : undefined}
      label={label}
      table={table}
      bare={bare}
      actions={
        <>
          {actions}
          {options.zoom && <Button size="sm" icon="expand" onClick={() => onChange({ zoom: undefined })}>Show all</Button>}
          <Button variant="ghost" size="sm" iconOnly icon="download" aria-label={`Download ${metric} as CSV`} title="Download what is drawn as CSV" disabled={!view} onClick={() => view && saveText(`${metric.replaceAll("/", "-")}.csv`, "text/csv", toCsv(view, runs))} />
        </>
      }
      footer={view && <Method view={view} smoothing={options.smoothing} zoomed={options.zoom !== undefined} />}
    >
      <div ref={ref} className={cx("mx-2 mb-1.5 min-w-0", query.isPlaceholderData && "opacity-60")}>
        {view && isSingle ? (
          <ValueBars lines={lines} heightPx={heightPx} focus={focus} />
        ) : view ? (
          <CurvePlot label={label} lines={lines} axis={options.axis} span={shown} isLog={options.isLog} widthPx={widthPx} heightPx={heightPx} labels={labels && runs.length > 1 && named <= 12 && widthPx > 420} focus={focus} onZoom={(zoom) => onChange({ zoom })} zone={zone} />
        ) : query.error ? (
          <ErrorState error={query.error} what={metric} onRetry={() => void query.refetch()} compact />
        ) : (
          <div aria-busy style={{ height: heightPx }} className="p-2"><Skeleton className="size-full" /></div>
        )}
      </div>
    </ChartFrame>
  );
}

export const axisWords = { step: "by step", relative: "by time since the start", time: "by wall time" } as const;

const noNumberOf = ({ gaps }: CurveLine): number => gaps.n.reduce((sum, n) => sum + n, 0);

const tableOf = (view: MetricSeriesView | undefined, lines: readonly CurveLine[]): ChartTable => ({
  columns: ["Run", "Points", "First", "Last", "Least", "Greatest", "No number"],
  rows: lines.map((line) => {
    const series = view?.series.find(({ runId }) => runId === line.key);
    const { x, y } = series?.points ?? { x: [], y: [] };
    const [low, high] = [y.reduce((a, b) => Math.min(a, b), Infinity), y.reduce((a, b) => Math.max(a, b), -Infinity)];
    const words = (value: number | undefined): string => (value === undefined || !Number.isFinite(value) ? "—" : valueWords(value, Math.abs(high - low) / 1_000 || Math.abs(value) / 1_000));
    return [line.name, formatNumber(series?.count ?? 0, 0), words(y[0]), words(y[x.length - 1]), words(low), words(high), formatNumber(noNumberOf(line), 0)];
  }),
});

/** How the drawing was made: what was left out, what was smoothed, what was no number. */
function Method({ view, smoothing, zoomed }: { view: MetricSeriesView; smoothing: number; zoomed: boolean }) {
  const points = view.series.reduce((sum, { count }) => sum + count, 0);
  const reduced = view.series.filter(({ isExact }) => !isExact);
  const bad = view.series.reduce((sum, { gaps }) => sum + gaps.n.reduce((total, n) => total + n, 0), 0);
  if (points === 0 && bad === 0) return zoomed ? "No point in this part." : `${view.series.length === 1 ? "This run" : "None of these runs"} logged ${view.series.length === 1 ? "no value of it" : "it"}.`;
  return (
    <>
      {formatCount(points, "point")}{zoomed ? " in and just beside this part" : ""}
      {reduced.length > 0 ? `; ${formatCount(reduced.length, "curve")} of many points drawn as first, least, greatest and last of each bucket, the readout is the bucket’s mean with its extremes and exact n` : ", each drawn"}.
      {smoothing > 0 && ` Smoothed: moving average with weight ${smoothing.toFixed(2)}, start corrected as in TensorBoard, over ${reduced.length > 0 ? "bucket means (each point where a curve is short)" : "every logged point"}; as logged stands faint behind.`}
      {bad > 0 && ` ${formatCount(bad, "value")} that ${bad === 1 ? "is" : "are"} no number: × NaN, ▲ ∞, ▼ −∞; lines break there.`}
    </>
  );
}
