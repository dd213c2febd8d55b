"use client";

import { useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { Mark } from "./curve-marks";
import { type AxisScale, axisScale, brushOf, nudge, rowPath } from "./parallel-scale";
import type { PlotAxis, PlotRow } from "./parallel-types";

type Brush = readonly [number, number];
export type ParallelProps = {
  label: string;
  axes: readonly PlotAxis[];
  rows: readonly PlotRow[];
  brushes: Readonly<Record<string, Brush>>;
  onBrush: (id: string, brush: Brush | undefined) => void;
  /** Words of a place on an axis. */
  words: (axis: PlotAxis, position: number) => string;
  focus: string | undefined;
  onFocus: (key: string | undefined) => void;
  widthPx: number;
  heightPx: number;
};

const [top, foot, side] = [44, 40, 46];

/** One line a row through parallel axes. A drag on an axis, or the arrow keys on its two bounds, lets only rows inside stand out. */
export function ParallelCoordinates({ label, axes, rows, brushes, onBrush, words, focus, onFocus, widthPx, heightPx }: ParallelProps) {
  const bottom = heightPx - foot;
  const gap = axes.length > 1 ? (widthPx - side * 2) / (axes.length - 1) : 0;
  const columns = useMemo(() => axes.map((_, index) => side + index * gap), [axes, gap]);
  const scales = useMemo(() => axes.map((axis) => axisScale(axis, top, bottom)), [axes, bottom]);
  const hasMissing = rows.some(({ positions }) => positions.some((position) => position === undefined));
  const drawn = useMemo(() => rows.map((row) => ({ row, heights: row.positions.map((position, index) => (position === undefined ? bottom + 12 : (scales[index]?.toPx(position) ?? bottom))) })), [rows, scales, bottom]);
  const many = useMemo(() => drawn.filter(({ row }) => !row.style), [drawn]);
  const styled = useMemo(() => drawn.filter(({ row }) => row.style).sort((a, b) => Number(a.row.key === focus) - Number(b.row.key === focus)), [drawn, focus]);
  return (
    <div className="overflow-x-auto">
      <svg role="group" aria-label={label} width={widthPx} height={heightPx} className="block select-none">
        <g aria-hidden>
          {many.map(({ row, heights }) => <path key={row.key} d={rowPath(columns, heights)} fill="none" stroke="var(--fg-3)" strokeWidth={1} opacity={row.isOut ? 0.05 : 0.22} />)}
        </g>
        {axes.map((axis, index) => <AxisLine key={axis.id} axis={axis} scale={scales[index]} x={columns[index] ?? 0} widthPx={gap || widthPx} bottom={bottom} words={words} />)}
        {hasMissing && <text x={4} y={bottom + 16} fontSize={11} fill="var(--fg-3)">none</text>}
        <g aria-hidden>
          {styled.map(({ row, heights }) => {
            const { style } = row;
            if (!style) return null;
            const faded = row.isOut || (focus !== undefined && focus !== row.key);
            return (
              <g key={row.key} opacity={faded ? 0.16 : 1} onPointerEnter={() => onFocus(row.key)} onPointerLeave={() => onFocus(undefined)}>
                <path d={rowPath(columns, heights)} fill="none" stroke={style.color} strokeWidth={focus === row.key ? 3 : 2} strokeDasharray={style.dash}><title>{row.name}</title></path>
                {columns.map((x, index) => <Mark key={x} marker={style.marker} x={x} y={heights[index] ?? 0} color={style.color} size={2.8} />)}
              </g>
            );
          })}
        </g>
        {axes.map((axis, index) => {
          const scale = scales[index];
          return scale && <AxisBrush key={axis.id} axis={axis} scale={scale} x={columns[index] ?? 0} bottom={bottom} brush={brushes[axis.id]} onBrush={(brush) => onBrush(axis.id, brush)} words={words} />;
        })}
      </svg>
    </div>
  );
}

type AxisLineProps = { axis: PlotAxis; scale: AxisScale | undefined; x: number; widthPx: number; bottom: number; words: ParallelProps["words"] };
const fit = (text: string, widthPx: number): string => {
  const letters = Math.max(4, Math.floor((widthPx - 4) / 5.7));
  return text.length <= letters ? text : `…${text.slice(text.length - letters + 1)}`;
};

function AxisLine({ axis, scale, x, widthPx, bottom, words }: AxisLineProps) {
  if (!scale) return null;
  const ends = axis.kind === "number" ? [scale.low, scale.high] : axis.words.map((_, index) => index);
  const inner = axis.kind === "words" && axis.words.length <= 8;
  return (
    <g>
      <path d={`M${x} ${top}V${bottom}`} stroke="var(--border-2)" />
      <text x={x} y={14} textAnchor="middle" fontSize={11} fontWeight={500} fill="var(--fg-2)">{fit(axis.label, widthPx)}<title>{axis.label}</title></text>
      {axis.kind === "number" && <text x={x} y={30} textAnchor="middle" fontSize={11} fill="var(--fg-3)">{words(axis, scale.high)}{axis.isLog ? " log" : ""}</text>}
      {axis.kind === "number" && scale.high > scale.low && <text x={x} y={bottom + 30} textAnchor="middle" fontSize={11} fill="var(--fg-3)">{words(axis, scale.low)}</text>}
      {inner && ends.map((end) => <text key={end} x={x + 6} y={scale.toPx(end) + 4} fontSize={11} fill="var(--fg-3)" stroke="var(--surface)" strokeWidth={3} paintOrder="stroke">{fit(words(axis, end), widthPx - 8)}</text>)}
      {axis.kind === "words" && !inner && <text x={x} y={30} textAnchor="middle" fontSize={11} fill="var(--fg-3)">{axis.words.length} values</text>}
    </g>
  );
}

type AxisBrushProps = { axis: PlotAxis; scale: AxisScale; x: number; bottom: number; brush: Brush | undefined; onBrush: (brush: Brush | undefined) => void; words: ParallelProps["words"] };

function AxisBrush({ axis, scale, x, bottom, brush, onBrush, words }: AxisBrushProps) {
  const area = useRef<SVGRectElement>(null);
  const [drag, setDrag] = useState<readonly [number, number] | undefined>(undefined);
  const pxOf = (event: PointerEvent): number => Math.min(bottom, Math.max(top, event.clientY - (area.current?.getBoundingClientRect().top ?? 0) + top - 8));
  const move = (event: PointerEvent) => drag && setDrag([drag[0], pxOf(event)]);
  const press = (event: PointerEvent) => {
    if (event.button !== 0) return;
    area.current?.setPointerCapture(event.pointerId);
    setDrag([pxOf(event), pxOf(event)]);
  };
  const release = () => {
    if (drag) onBrush(brushOf(scale, drag[0], drag[1]));
    setDrag(undefined);
  };
  const [from, to] = brush ?? [scale.low, scale.high];
  const half = axis.kind === "words" && axis.words.length > 1 ? Math.abs(scale.toPx(1) - scale.toPx(0)) / 2.5 : 0;
  const box = drag ? { y: Math.min(...drag), height: Math.abs(drag[1] - drag[0]) } : brush ? boxOf(scale.toPx(to) - half, scale.toPx(from) + half, bottom) : undefined;
  return (
    <g>
      {box && <rect x={x - 8} y={box.y} width={16} height={box.height} rx={3} fill="var(--accent)" fillOpacity={0.18} stroke="var(--accent)" />}
      <rect ref={area} x={x - 14} y={top - 8} width={28} height={bottom - top + 16} fill="transparent" className="cursor-ns-resize touch-none" onPointerDown={press} onPointerMove={move} onPointerUp={release} onPointerCancel={() => setDrag(undefined)} onDoubleClick={() => onBrush(undefined)} />
      {scale.high > scale.low && (["low", "high"] as const).map((bound) => (
        <Bound key={bound} axis={axis} bound={bound} scale={scale} x={x} at={bound === "low" ? from : to} brush={brush} onBrush={onBrush} text={words(axis, bound === "low" ? from : to)} />
      ))}
    </g>
  );
}

/** A brush may reach beyond the axis, when what it was drawn over is gone; the box doesn't. */
const boxOf = (high: number, low: number, bottom: number): { y: number; height: number } => {
  const [from, to] = [Math.max(top - 6, high), Math.min(bottom + 6, low)];
  return { y: from, height: Math.max(3, to - from) };
};

type BoundProps = { axis: PlotAxis; bound: "low" | "high"; scale: AxisScale; x: number; at: number; brush: Brush | undefined; onBrush: (brush: Brush | undefined) => void; text: string };

/** One bound as a slider: up and down move it, Page keys by ten steps, Escape clears the axis. Seen when it has the focus or bounds something. */
function Bound({ axis, bound, scale, x, at, brush, onBrush, text }: BoundProps) {
  const y = scale.toPx(Math.min(scale.high, Math.max(scale.low, at)));
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10, Home: -50, End: 50 };
    const count = steps[event.key];
    if (event.key === "Escape" || event.key === "Delete") onBrush(undefined);
    else if (count === undefined) return;
    else onBrush(nudge(scale, brush, bound, count));
    event.preventDefault();
  };
  return (
    <g
      role="slider"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={`${axis.label}, ${bound === "low" ? "lower" : "upper"} bound`}
      aria-valuemin={scale.low}
      aria-valuemax={scale.high}
      aria-valuenow={at}
      aria-valuetext={text}
      onKeyDown={onKeyDown}
      className="pointer-events-none opacity-0 outline-none! focus-visible:opacity-100 data-set:opacity-100"
      data-set={brush ? true : undefined}
    >
      <path d={bound === "high" ? `M${x - 8} ${y}h16M${x} ${y}l-4 -6h8Z` : `M${x - 8} ${y}h16M${x} ${y}l-4 6h8Z`} stroke="var(--accent)" fill="var(--accent)" strokeWidth={2} />
    </g>
  );
}
