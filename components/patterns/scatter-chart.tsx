"use client";

import { useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { Mark } from "./curve-marks";
import { makeScale, ticksOf, valueSpan } from "./curve-scale";
import type { LineStyle } from "./curve-types";
import { valueWords } from "./curve-words";
import type { PlotAxis } from "./parallel-types";

export type ScatterPoint = { key: string; name: string; x: number; y: number; style?: LineStyle | undefined; /** Colour by a third column instead. */ fill?: string | undefined; note?: string | undefined; isOut: boolean };
export type ScatterProps = {
  label: string;
  x: PlotAxis;
  y: PlotAxis;
  points: readonly ScatterPoint[];
  words: (axis: PlotAxis, position: number) => string;
  focus: string | undefined;
  onFocus: (key: string | undefined) => void;
  widthPx: number;
  heightPx: number;
};

const spanOf = (axis: PlotAxis, values: readonly number[]) => (axis.kind === "words" ? { from: -0.5, to: Math.max(0.5, axis.words.length - 0.5) } : (valueSpan(values, axis.isLog) ?? { from: 0, to: 1 }));

/** One mark a row over two columns. Arrow keys walk the marks from left to right. */
export function ScatterChart({ label, x, y, points, words, focus, onFocus, widthPx, heightPx }: ScatterProps) {
  const svg = useRef<SVGSVGElement>(null);
  const [at, setAt] = useState<string | undefined>(undefined);
  const [left, right, top, bottom] = [62, widthPx - 14, 12, heightPx - 40];
  const across = makeScale(spanOf(x, points.map((point) => point.x)), { from: left, to: right }, x.kind === "number" && x.isLog);
  const up = makeScale(spanOf(y, points.map((point) => point.y)), { from: bottom, to: top }, y.kind === "number" && y.isLog);
  const tickList = (axis: PlotAxis, scale: typeof across): number[] => (axis.kind === "words" ? axis.words.map((_, index) => index) : ticksOf(scale, 5));
  const text = (axis: PlotAxis, ticks: readonly number[], tick: number): string => (axis.kind === "words" ? words(axis, tick) : valueWords(tick, axis.isLog ? Math.abs(tick) : Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0))));
  const ordered = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  const shown = points.find(({ key }) => key === (at ?? focus));
  const choose = (key: string | undefined) => {
    setAt(key);
    onFocus(key);
  };
  const move = (event: PointerEvent) => {
    const box = svg.current?.getBoundingClientRect();
    const near = points.map((point) => ({ key: point.key, far: Math.hypot(across.toPx(point.x) - event.clientX + (box?.left ?? 0), up.toPx(point.y) - event.clientY + (box?.top ?? 0)) })).sort((a, b) => a.far - b.far)[0];
    choose(near && near.far < 24 ? near.key : undefined);
  };
  const walk = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (event.key === "Escape") choose(undefined);
    if (step === 0) return;
    event.preventDefault();
    const index = ordered.findIndex(({ key }) => key === at);
    choose(ordered[Math.min(ordered.length - 1, Math.max(0, index === -1 && step < 0 ? ordered.length - 1 : index + step))]?.key);
  };
  const [xTicks, yTicks] = [tickList(x, across), tickList(y, up)];
  return (
    <div className="relative">
      <svg ref={svg} role="application" aria-roledescription="chart" aria-label={`${label}. Arrow keys walk the runs.`} tabIndex={0} width={widthPx} height={heightPx} onPointerMove={move} onPointerLeave={() => choose(undefined)} onBlur={() => choose(undefined)} onKeyDown={walk} className="block max-w-full touch-pan-y rounded-lg focus-visible:-outline-offset-2">
        {yTicks.map((tick) => (
          <g key={tick}>
            <path d={`M${left} ${up.toPx(tick)}H${right}`} stroke="var(--grid)" />
            <text x={left - 6} y={up.toPx(tick) + 4} textAnchor="end" fontSize={11} fill="var(--fg-3)">{text(y, yTicks, tick).slice(0, 9)}</text>
          </g>
        ))}
        <path d={`M${left} ${bottom}H${right}`} stroke="var(--border-2)" />
        {xTicks.map((tick, index) => (xTicks.length > 8 && index % Math.ceil(xTicks.length / 8) !== 0 ? null : <text key={tick} x={across.toPx(tick)} y={bottom + 15} textAnchor="middle" fontSize={11} fill="var(--fg-3)">{text(x, xTicks, tick).slice(0, 12)}</text>))}
        <text x={(left + right) / 2} y={heightPx - 8} textAnchor="middle" fontSize={11} fontWeight={500} fill="var(--fg-2)">{x.label}{x.kind === "number" && x.isLog ? " (log)" : ""}</text>
        <text x={12} y={(top + bottom) / 2} textAnchor="middle" fontSize={11} fontWeight={500} fill="var(--fg-2)" transform={`rotate(-90 12 ${(top + bottom) / 2})`}>{y.label}{y.kind === "number" && y.isLog ? " (log)" : ""}</text>
        {[...points].sort((a, b) => Number(a.style !== undefined) - Number(b.style !== undefined)).map((point) => {
          const { style } = point;
          const isFaded = point.isOut || (shown !== undefined && shown.key !== point.key && style !== undefined && focus !== undefined);
          return (
            <g key={point.key} opacity={isFaded ? 0.2 : 1}>
              {style ? <Mark marker={style.marker} x={across.toPx(point.x)} y={up.toPx(point.y)} color={point.fill ?? style.color} size={5.2} /> : <circle cx={across.toPx(point.x)} cy={up.toPx(point.y)} r={3.6} fill={point.fill ?? "none"} stroke="var(--fg-3)" strokeOpacity={0.55} />}
            </g>
          );
        })}
        {shown && <circle cx={across.toPx(shown.x)} cy={up.toPx(shown.y)} r={9} fill="none" stroke="var(--accent)" strokeWidth={1.6} />}
      </svg>
      {shown && (
        <div role="status" style={across.toPx(shown.x) > widthPx / 2 ? { right: widthPx - across.toPx(shown.x) + 14 } : { left: across.toPx(shown.x) + 14 }} className="pointer-events-none absolute top-3 z-10 max-w-60 rounded-lg border border-line-2 bg-surface px-2.5 py-[7px] text-[11.5px] leading-4 shadow-float">
          <b className="font-semibold [overflow-wrap:anywhere]">{shown.name}</b>
          <dl className="mt-[3px] grid grid-cols-[auto_1fr] gap-x-2.5">
            <dt className="text-fg-3">{x.label}</dt><dd className="text-right">{words(x, shown.x)}</dd>
            <dt className="text-fg-3">{y.label}</dt><dd className="text-right">{words(y, shown.y)}</dd>
          </dl>
          {shown.note !== undefined && <p className="text-fg-3">{shown.note}</p>}
        </div>
      )}
    </div>
  );
}
