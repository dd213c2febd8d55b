"use client";

import { useId, useMemo } from "react";
import { Area, CartesianGrid, ComposedChart, Line, ReferenceArea, ReferenceLine, Tooltip, XAxis, YAxis } from "recharts";
import { formatValue } from "@/components/ui/format";
import { axisWidthPx, ChartHatch, plotMargin, TimeTick, ValueTick } from "./chart-axis";
import { timeTicks } from "./chart-scale";
import { LineBandTooltip } from "./line-band-tooltip";
import { isEnd, limitWords, mergeGaps, placeMarkers, rowsOf, valueTicks, type ChartRow } from "./line-band-data";
import { type ChartPoint, type ChartSeries, type ChartThreshold, type LineBandChartProps } from "./line-band-types";

type PlotProps = LineBandChartProps & { widthPx: number; zone: string | undefined; syncId: string };

const noThresholds: readonly ChartThreshold[] = [];

export function LineBandPlot(props: PlotProps) {
  const { series, fromMs, toMs, format, thresholds = noThresholds, gaps = [], markers = [], pending, volume, heightPx = 150, fromZero = false, widthPx, zone, syncId } = props;
  const hatch = `hatch-${useId()}`;
  const rows = useMemo(() => rowsOf(series), [series]);
  const yTicks = useMemo(() => valueTicks(series, thresholds, fromZero), [series, thresholds, fromZero]);
  const xTicks = useMemo(() => timeTicks(fromMs, toMs, widthPx - axisWidthPx), [fromMs, toMs, widthPx]);
  const [bottom = 0, top = 1] = [yTicks[0], yTicks.at(-1)];
  const pixelOf = (atMs: number) => ((atMs - fromMs) / Math.max(1, toMs - fromMs)) * (widthPx - axisWidthPx);
  const shownGaps = useMemo(() => mergeGaps(gaps), [gaps]);
  const markerRows = placeMarkers(markers.map((marker) => pixelOf(marker.atMs)));
  return (
    <ComposedChart width={widthPx} height={heightPx} data={rows} margin={volume ? { ...plotMargin, bottom: 8 } : plotMargin} syncId={syncId} syncMethod="value" title={props.label}>
      <ChartHatch id={hatch} />
      <CartesianGrid vertical={false} stroke="var(--grid)" />
      <XAxis dataKey="atMs" type="number" domain={[fromMs, toMs]} allowDataOverflow ticks={xTicks} interval={0} tickLine={false} axisLine={{ stroke: "var(--border-2)" }} height={volume ? 1 : 22} tick={volume ? false : (tick) => <TimeTick {...tick} fromMs={fromMs} toMs={toMs} zone={zone} />} />
      <YAxis width={axisWidthPx} domain={[bottom, top]} ticks={yTicks} interval={0} tickLine={false} axisLine={false} tick={(tick) => <ValueTick {...tick} text={(value) => formatValue(value, { ...format, signed: false, digits: tickDigits(yTicks, format.kind) })} />} />
      {thresholds.map((threshold) => <ReferenceArea key={`band-${threshold.label}`} {...bandOf(threshold, thresholds, bottom, top)} ifOverflow="hidden" fill={`var(--${threshold.tone}-line)`} fillOpacity={threshold.tone === "crit" ? 0.07 : 0.09} stroke="none" />)}
      {pending && <ReferenceArea x1={pending.fromMs} x2={pending.toMs} ifOverflow="hidden" fill="var(--surface-2)" fillOpacity={1} label={{ value: pending.label, position: "insideTop", offset: 12, fontSize: 11, fill: "var(--fg-3)" }} />}
      {shownGaps.map((gap) => <ReferenceArea key={gap.fromMs} x1={gap.fromMs} x2={gap.toMs} ifOverflow="hidden" fill={`url(#${hatch})`} fillOpacity={0.8} label={{ value: pixelOf(gap.toMs) - pixelOf(gap.fromMs) < gap.label.length * 6.5 ? "" : gap.label, position: "insideTop", offset: 20, fontSize: 11, fill: "var(--fg-3)" }} />)}
      {thresholds.map((threshold) => <ReferenceLine key={threshold.label} y={threshold.value} ifOverflow="extendDomain" stroke={`var(--${threshold.tone}-line)`} strokeDasharray="3 3" label={{ value: threshold.label, position: limitWords(threshold, { bottom, top }, heightPx - plotMargin.top - (volume ? 9 : 22)), fontSize: 11, fill: `var(--${threshold.tone}-fg)` }} />)}
      {markers.map((marker, at) => <ReferenceLine key={`${marker.atMs}-${marker.label}`} x={marker.atMs} ifOverflow="hidden" stroke="var(--fg-3)" label={{ value: marker.detail === undefined ? marker.label : `${marker.label}, ${marker.detail}`, position: "insideTopLeft", dy: (markerRows[at] ?? 0) * 13, fontSize: 11, fontWeight: 500, fill: "var(--fg-2)" }} />)}
      {series.map((item, at) => <Area key={`ribbon-${item.key}`} dataKey={`b${at}`} fill={`var(--${item.color})`} fillOpacity="var(--ribbon)" stroke="none" isAnimationActive={false} activeDot={false} legendType="none" tooltipType="none" />)}
      {series.map((item, at) => (
        <Line key={`dashed-${item.key}`} {...strokeOf(item)} dataKey={`e${at}`} strokeDasharray="5 3" dot={({ key, ...dot }) => <Mark key={key} {...dot} at={at} item={item} dashed />} activeDot={false} isAnimationActive={false} tooltipType="none" />
      ))}
      {series.map((item, at) => (
        <Line key={item.key} {...strokeOf(item)} dataKey={`v${at}`} name={item.name} dot={({ key, ...dot }) => <Mark key={key} {...dot} at={at} item={item} />} activeDot={{ r: 4, stroke: "var(--surface)", strokeWidth: 1.5 }} isAnimationActive={false} />
      ))}
      <Tooltip isAnimationActive={false} cursor={{ stroke: "var(--accent)" }} content={({ active, label }) => (active ? <LineBandTooltip row={rows.find((row) => row.atMs === label)} series={series} format={format} zone={zone} volume={volume} /> : null)} />
    </ComposedChart>
  );
}

const strokeOf = (series: ChartSeries) => ({
  stroke: `var(--${series.color})`,
  strokeWidth: series.color === "stable" ? 1.5 : 2,
  strokeLinejoin: "round" as const,
  ...(series.color === "shadow" ? { strokeDasharray: "4 3" } : {}),
});

/** As many digits as tell neighbouring ticks apart. */
const tickDigits = (ticks: readonly number[], kind: string): number => {
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0)) * (kind === "percent" || kind === "points" ? 100 : 1);
  return step >= 1 || step === 0 ? 0 : Math.min(4, Math.ceil(-Math.log10(step)));
};

/** From the limit to the next stricter one on the same side, else to the edge of the frame. */
const bandOf = (threshold: ChartThreshold, all: readonly ChartThreshold[], bottom: number, top: number): { y1: number; y2: number } => {
  const sameSide = all.filter((other) => other.side === threshold.side).map((other) => other.value);
  if (threshold.side === "above") return { y1: threshold.value, y2: Math.min(top, ...sameSide.filter((value) => value > threshold.value)) };
  return { y1: Math.max(bottom, ...sameSide.filter((value) => value < threshold.value)), y2: threshold.value };
};

type MarkProps = { cx?: number | undefined; cy?: number | undefined; payload?: ChartRow | undefined; at: number; item: ChartSeries; dashed?: boolean | undefined };

/** Ring where a window is over a limit, dot at the end of a line and where a point stands alone. The dashed line marks the estimated points, the solid one the others. */
function Mark({ cx, cy, payload, at, item, dashed = false }: MarkProps) {
  const point = payload?.[`p${at}`] as ChartPoint | undefined;
  if (cx === undefined || cy === undefined || !point || point.value === null || (point.estimated ?? false) !== dashed) return null;
  if (point.alert) return <circle cx={cx} cy={cy} r={3.6} fill="var(--surface)" stroke={`var(--${point.alert}-line)`} strokeWidth={1.8} />;
  if (isEnd(item.points, point.atMs)) return <circle cx={cx} cy={cy} r={3} fill={`var(--${item.color})`} />;
  return null;
}
