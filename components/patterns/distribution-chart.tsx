"use client";

import { useId, useMemo, useState, type KeyboardEvent, type ReactNode } from "react";
import { formatPercent } from "@/components/ui/format";
import { useWidth } from "@/components/ui/use-size";
import { ChartFrame, LegendKey } from "./chart-frame";
import { niceTicks } from "./chart-scale";

export type DistributionBin = {
  key: string;
  /** "5–10" */
  label: string;
  /** Shares of 0 to 1 on the same bins; null where nothing was counted. */
  reference: number | null;
  current: number | null;
  /** This part is over its own limit. */
  over?: boolean | undefined;
};

export type DistributionChartProps = {
  title: ReactNode;
  note?: ReactNode;
  /** The finding in one sentence. */
  label: string;
  bins: readonly DistributionBin[];
  /** null, new and out of range; they stand apart. */
  apart?: readonly DistributionBin[] | undefined;
  /** "reference, 412 k rows" */
  referenceName: string;
  currentName: string;
  /** "discount, % of list price" */
  xLabel?: string | undefined;
  heightPx?: number | undefined;
  actions?: ReactNode;
  footer?: ReactNode;
  bare?: boolean | undefined;
  className?: string | undefined;
};

const left = 36;
const topPad = 10;
const gapPx = 20;

/** Reference as outline, current as bars, shares on the same bins. Arrow keys walk the bins and read them out. */
export function DistributionChart(props: DistributionChartProps) {
  const { bins, referenceName, currentName } = props;
  const apart = useMemo(() => props.apart ?? [], [props.apart]);
  const all = useMemo(() => [...bins, ...apart], [bins, apart]);
  const table = useMemo(() => ({ columns: ["Bin", referenceName, currentName], rows: all.map((bin) => [bin.label, share(bin.reference), share(bin.current)]) }), [all, referenceName, currentName]);
  return (
    <ChartFrame
      title={props.title}
      note={props.note}
      label={props.label}
      table={table}
      actions={props.actions}
      footer={props.footer}
      bare={props.bare}
      className={props.className}
      legend={
        <>
          <LegendKey mark="outline" color="var(--stable)">{referenceName}</LegendKey>
          <LegendKey mark="box" color="var(--seq-3)">{currentName}</LegendKey>
        </>
      }
    >
      <Plot bins={bins} apart={apart} all={all} label={props.label} xLabel={props.xLabel} heightPx={props.heightPx ?? 162} />
    </ChartFrame>
  );
}

const share = (value: number | null): string => (value === null ? "no data" : formatPercent(value));

type PlotProps = { bins: readonly DistributionBin[]; apart: readonly DistributionBin[]; all: readonly DistributionBin[]; label: string; xLabel: string | undefined; heightPx: number };

function Plot({ bins, apart, all, label, xLabel, heightPx }: PlotProps) {
  const [ref, widthPx] = useWidth(400);
  const [at, setAt] = useState<number>();
  const statusId = useId();
  const ticks = niceTicks(0, Math.max(0.01, ...all.flatMap((bin) => [bin.reference ?? 0, bin.current ?? 0])), 3);
  const top = ticks.at(-1) ?? 1;
  const bottomPad = xLabel === undefined ? 18 : 32;
  const base = heightPx - bottomPad;
  const y = (value: number) => base - (value / top) * (base - topPad);
  const room = Math.max(all.length, widthPx - left - 4 - (apart.length > 0 ? gapPx : 0));
  const slot = room / Math.max(1, all.length);
  const x = (index: number) => left + index * slot + (index >= bins.length ? gapPx : 0);
  const every = Math.max(1, Math.ceil(bins.length / Math.max(1, Math.floor((slot * bins.length) / 54))));
  const outline = bins.map((bin, index) => `${index === 0 ? `M${x(0)} ${base}V` : "V"}${y(bin.reference ?? 0)}H${x(index + 1) - (index + 1 === bins.length && apart.length > 0 ? gapPx : 0)}`).join("") + `V${base}`;
  const current = at === undefined ? undefined : all[at];

  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    setAt(Math.min(all.length - 1, Math.max(0, at === undefined ? 0 : at + step)));
  };

  return (
    <div ref={ref} className="mx-2">
      {/* The slider pattern without a value to set: arrows move the reading, which is announced. */}
      <svg role="slider" tabIndex={0} aria-label={label} aria-valuemin={0} aria-valuemax={Math.max(0, all.length - 1)} aria-valuenow={at ?? 0} aria-valuetext={current ? readingOf(current) : "Arrow keys walk the bins"} aria-describedby={statusId} width={widthPx} height={heightPx} onKeyDown={onKeyDown} onMouseLeave={() => setAt(undefined)} className="block">
        {ticks.map((tick) => (
          <g key={tick}>
            <path d={`M${left} ${y(tick)}H${widthPx - 4}`} stroke={tick === 0 ? "var(--border-2)" : "var(--grid)"} />
            <text x={left - 5} y={y(tick) + 4} textAnchor="end" fontSize={11} fill="var(--fg-3)">{formatPercent(tick, top < 0.05 ? 1 : 0)}</text>
          </g>
        ))}
        {all.map((bin, index) => (
          <g key={bin.key} onMouseEnter={() => setAt(index)}>
            <rect x={x(index)} y={topPad} width={slot} height={base - topPad} fill={at === index ? "var(--surface-2)" : "transparent"} />
            {bin.current !== null && <rect x={x(index) + slot * 0.06} y={y(bin.current)} width={slot * 0.88} height={Math.max(0, base - y(bin.current))} rx={1.5} fill={bin.over ? "var(--seq-4)" : "var(--seq-3)"} />}
            {index >= bins.length && bin.reference !== null && <path d={`M${x(index)} ${y(bin.reference)}h${slot}`} stroke="var(--stable)" strokeWidth={1.8} />}
            {(index >= bins.length || index % every === 0) && <text x={x(index) + slot / 2} y={base + 13} textAnchor="middle" fontSize={11} fill="var(--fg-3)">{bin.label}</text>}
          </g>
        ))}
        {bins.length > 0 && <path d={outline} fill="none" stroke="var(--stable)" strokeWidth={1.8} pointerEvents="none" />}
        {apart.length > 0 && <path d={`M${x(bins.length) - gapPx / 2} ${topPad}V${base}`} stroke="var(--border-2)" strokeDasharray="2 3" />}
        {xLabel !== undefined && <text x={left + (slot * bins.length) / 2} y={heightPx - 4} textAnchor="middle" fontSize={11} fill="var(--fg-3)">{xLabel}</text>}
      </svg>
      <p id={statusId} aria-live="polite" className="min-h-4 px-1.5 pb-1.5 text-sm text-fg-2">{current && readingOf(current)}</p>
    </div>
  );
}

const readingOf = (bin: DistributionBin): string => `${bin.label}: reference ${share(bin.reference)}, current ${share(bin.current)}${bin.over ? ", over its limit" : ""}`;
