"use client";

import { useId, useMemo } from "react";
import { Bar, BarChart, ReferenceArea, Tooltip, XAxis, YAxis } from "recharts";
import { axisWidthPx, ChartHatch, countTick, plotMargin, TimeTick } from "./chart-axis";
import { niceCeiling, timeTicks } from "./chart-scale";
import { type LineBandChartProps } from "./line-band-types";

type VolumePlotProps = { volume: NonNullable<LineBandChartProps["volume"]>; gaps: LineBandChartProps["gaps"]; fromMs: number; toMs: number; widthPx: number; zone: string | undefined; syncId: string };

/** Requests per window under the metric, on the same time axis. */
export function VolumePlot({ volume, gaps = [], fromMs, toMs, widthPx, zone, syncId }: VolumePlotProps) {
  const hatch = `hatch-${useId()}`;
  const data = useMemo(() => [...volume.points], [volume.points]);
  const top = useMemo(() => niceCeiling(Math.max(1, ...data.map((point) => point.value ?? 0))), [data]);
  const ticks = useMemo(() => timeTicks(fromMs, toMs, widthPx - axisWidthPx), [fromMs, toMs, widthPx]);
  const barPx = Math.max(1, ((widthPx - axisWidthPx) / Math.max(1, data.length)) * 0.6);
  return (
    <BarChart width={widthPx} height={62} data={data} margin={{ ...plotMargin, top: 12 }} syncId={syncId} syncMethod="value" accessibilityLayer={false} tabIndex={-1} role="img" aria-label={volume.name}>
      <ChartHatch id={hatch} />
      <XAxis dataKey="atMs" type="number" domain={[fromMs, toMs]} allowDataOverflow ticks={ticks} interval={0} tickLine={false} axisLine={{ stroke: "var(--border-2)" }} height={22} tick={(tick) => <TimeTick {...tick} fromMs={fromMs} toMs={toMs} zone={zone} />} />
      <YAxis width={axisWidthPx} domain={[0, top]} ticks={[0, top]} interval={0} tickLine={false} axisLine={false} tickFormatter={countTick} tick={{ fontSize: 11, fill: "var(--fg-3)" }} />
      {gaps.map((gap) => <ReferenceArea key={gap.fromMs} x1={gap.fromMs} x2={gap.toMs} ifOverflow="hidden" fill={`url(#${hatch})`} fillOpacity={0.8} />)}
      <Tooltip isAnimationActive={false} cursor={{ stroke: "var(--accent)", fill: "none", width: 0 }} content={() => null} />
      <Bar dataKey="value" fill="var(--fg-3)" fillOpacity={0.4} barSize={barPx} radius={1.5} isAnimationActive={false} />
    </BarChart>
  );
}
