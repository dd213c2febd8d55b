"use client";

import { useId, useMemo } from "react";
import { formatValue } from "@/components/ui/format";
import { formatAbsolute } from "@/components/ui/format-time";
import { useNow } from "@/components/ui/time";
import { useWidth } from "@/components/ui/use-size";
import { ChartFrame, LegendKey, type ChartTable } from "./chart-frame";
import { LineBandPlot } from "./line-band-plot";
import { type LineBandChartProps } from "./line-band-types";
import { VolumePlot } from "./volume-plot";

/** Lines with interval ribbons over time, limits with their words, gaps as hatch, volume below. Arrow keys walk the points. */
export function LineBandChart(props: LineBandChartProps) {
  const { series, format, volume } = props;
  const [ref, widthPx] = useWidth(600);
  const syncId = useId();
  const { local } = useNow();
  const zone = local ? undefined : "UTC";
  const table = useMemo(() => tableOf(series, format, zone), [series, format, zone]);
  const estimated = series.some(({ points }) => points.some((point) => point.estimated));
  const legend =
    props.legend !== undefined ? props.legend : series.length > 1 || estimated || volume ? (
      <>
        {series.map((item) => <LegendKey key={item.key} mark={item.color === "shadow" ? "dashed" : "line"} color={`var(--${item.color})`}>{item.name}</LegendKey>)}
        {estimated && <LegendKey mark="dashed" color={`var(--${series[0]?.color ?? "stable"})`}>estimated</LegendKey>}
        {volume && <LegendKey mark="box" color="color-mix(in srgb, var(--fg-3) 40%, transparent)">{volume.name}</LegendKey>}
      </>
    ) : undefined;
  return (
    <ChartFrame title={props.title} note={props.note} label={props.label} legend={legend} table={table} actions={props.actions} footer={props.footer} bare={props.bare} className={props.className}>
      <div className="px-2 pb-1.5">
        <div ref={ref} className="overflow-hidden">
          <LineBandPlot {...props} widthPx={widthPx} zone={zone} syncId={syncId} />
          {volume && <VolumePlot volume={volume} gaps={props.gaps} fromMs={props.fromMs} toMs={props.toMs} widthPx={widthPx} zone={zone} syncId={syncId} />}
        </div>
      </div>
    </ChartFrame>
  );
}

const tableOf = (series: LineBandChartProps["series"], format: LineBandChartProps["format"], zone: string | undefined): ChartTable => {
  const moments = [...new Set(series.flatMap(({ points }) => points.map((point) => point.atMs)))].sort((a, b) => a - b);
  const lookups = series.map(({ points }) => new Map(points.map((point) => [point.atMs, point])));
  return {
    columns: ["Window", ...series.flatMap((item) => [item.name, "Interval"])],
    rows: moments.map((atMs) => [
      lookups.map((lookup) => lookup.get(atMs)?.window).find(Boolean) ?? formatAbsolute(new Date(atMs), zone),
      ...lookups.flatMap((lookup) => {
        const point = lookup.get(atMs);
        if (point?.value === null || point === undefined) return ["no data", ""];
        const interval = typeof point.low === "number" && typeof point.high === "number" ? `${formatValue(point.low, format)} to ${formatValue(point.high, format)}` : "";
        return [`${formatValue(point.value, format)}${point.estimated ? " (estimated)" : ""}`, interval];
      }),
    ]),
  };
};
