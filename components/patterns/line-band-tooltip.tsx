import { Fragment } from "react";
import { formatNumber, formatValue, type ValueFormat } from "@/components/ui/format";
import { formatAbsolute } from "@/components/ui/format-time";
import { type ChartRow } from "./line-band-data";
import { type ChartPoint, type ChartSeries, type LineBandChartProps } from "./line-band-types";

type TooltipProps = { row: ChartRow | undefined; series: readonly ChartSeries[]; format: ValueFormat; zone: string | undefined; volume: LineBandChartProps["volume"] };

/** What one window says: each value with its interval, then its notes. */
export function LineBandTooltip({ row, series, format, zone, volume }: TooltipProps) {
  if (!row) return null;
  const points = series.map((item, at) => ({ item, point: row[`p${at}`] as ChartPoint | undefined }));
  const title = points.map(({ point }) => point?.window).find(Boolean) ?? formatAbsolute(new Date(row.atMs), zone);
  const count = volume?.points.find((point) => point.atMs === row.atMs)?.value;
  return (
    <div role="status" className="min-w-52 rounded-lg border border-line-2 bg-surface px-2.5 py-[7px] text-[11.5px] leading-4 shadow-float">
      <b className="font-semibold">{title}</b>
      <dl className="mt-[3px] grid grid-cols-[auto_1fr] gap-x-2.5 gap-y-px">
        {points.map(({ item, point }) => (
          <Fragment key={item.key}>
            <dt className="text-fg-3">{item.name}{point?.estimated && ", estimated"}</dt>
            <dd className="text-right whitespace-nowrap">
              {point?.value === null || point === undefined ? "no data" : <b className="font-semibold">{formatValue(point.value, format)}</b>}
              {point?.value != null && typeof point.low === "number" && typeof point.high === "number" && ` (${formatValue(point.low, format)} to ${formatValue(point.high, format)})`}
            </dd>
            {point?.notes?.map((note, index) => (
              <Fragment key={index}>
                <dt className="text-fg-3">{note.label}</dt>
                <dd className="text-right whitespace-nowrap">{note.value}</dd>
              </Fragment>
            ))}
          </Fragment>
        ))}
        {volume && (
          <>
            <dt className="text-fg-3">{volume.name}</dt>
            <dd className="text-right">{count === null || count === undefined ? "no data" : formatNumber(count, 0)}</dd>
          </>
        )}
      </dl>
    </div>
  );
}
