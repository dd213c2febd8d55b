"use client";

import { useId, useMemo, useState } from "react";
import { cx } from "@/components/ui/cx";
import { CurveLabels } from "./curve-labels";
import { Mark } from "./curve-marks";
import { drawCurve, makeScale, type Scale, type Span, ticksOf, valueSpan } from "./curve-scale";
import { CurveReadout } from "./curve-readout";
import { type CurveAxis, type CurveLine } from "./curve-types";
import { acrossTicks, valueWords } from "./curve-words";
import { useCurveCursor } from "./use-curve-cursor";

export type CurvePlotProps = {
  /** The finding in a sentence, for readers who don't see the drawing. */
  label: string;
  lines: readonly CurveLine[];
  axis: CurveAxis;
  /** What is drawn of the axis. */
  span: Span;
  isLog: boolean;
  widthPx: number;
  heightPx: number;
  /** Key of the line that stands out. */
  focus?: string | undefined;
  /** Names at the ends of lines. */
  labels?: boolean | undefined;
  /** Without it the chart can't be zoomed. Undefined shows everything again. */
  onZoom?: ((span: Span | undefined) => void) | undefined;
  zone?: string | undefined;
};

/** Curves over steps or time: drag across to zoom, arrow keys to walk, a double click or Escape to see all again. */
export function CurvePlot(props: CurvePlotProps) {
  const { label, lines, axis, span, isLog, widthPx, heightPx, focus, labels = false, onZoom, zone } = props;
  const clip = `clip-${useId()}`;
  const labelPx = labels ? Math.min(170, Math.max(90, widthPx * 0.29)) : 0;
  const values = useMemo(() => valueSpan(visibleValues(lines, span), isLog), [lines, span, isLog]);
  const frame = { left: 52, right: widthPx - 10 - labelPx, top: 8, bottom: heightPx - 22 };
  const { left, right, top, bottom } = frame;
  const across = useMemo(() => makeScale(span, { from: left, to: right }), [span, left, right]);
  const up = useMemo(() => makeScale(values ?? { from: 0.5, to: 1 }, { from: bottom, to: top }, isLog), [values, bottom, top, isLog]);
  const cursor = useCurveCursor({ lines, across, frame, onZoom });
  const [near, setNear] = useState<string | undefined>(undefined);
  const shown = focus ?? near;
  const drawing = useMemo(() => <Lines lines={lines} across={across} up={up} focus={shown} />, [lines, across, up, shown]);
  const upTicks = values ? ticksOf(up, heightPx < 140 ? 3 : 4) : [];
  const resolution = Math.abs((upTicks[1] ?? up.span.to) - (upTicks[0] ?? up.span.from));
  return (
    <div className="relative min-w-0 select-none">
      <svg
        {...cursor.handlers}
        ref={cursor.ref}
        role="application"
        aria-roledescription="chart"
        aria-label={`${label}. Arrow keys walk the points${onZoom ? ", plus and minus zoom, Escape shows all" : ""}.`}
        tabIndex={0}
        width={widthPx}
        height={heightPx}
        className={cx("block max-w-full touch-pan-y overflow-hidden rounded-lg focus-visible:-outline-offset-2", onZoom && "cursor-crosshair")}
      >
        <defs><clipPath id={clip}><rect x={left} y={top - 6} width={Math.max(0, right - left + 6)} height={bottom - top + 12} /></clipPath></defs>
        {upTicks.map((tick) => (
          <g key={tick}>
            <path d={`M${left} ${up.toPx(tick)}H${right}`} stroke="var(--grid)" />
            <text x={left - 6} y={up.toPx(tick) + 4} textAnchor="end" fontSize={11} fill="var(--fg-3)">{valueWords(tick, isLog ? Math.abs(tick) : resolution)}</text>
          </g>
        ))}
        <path d={`M${left} ${bottom}H${right}`} stroke="var(--border-2)" />
        {acrossTicks(axis, span, right - left, zone).map(({ at, text }) => (
          <text key={at} x={Math.min(right - 4, Math.max(left + 4, across.toPx(at)))} y={heightPx - 6} textAnchor={across.toPx(at) > right - 16 ? "end" : "middle"} fontSize={11} fill="var(--fg-3)">{text}</text>
        ))}
        <g clipPath={`url(#${clip})`}>
          {drawing}
          {lines.map((line) => <Gaps key={line.key} line={line} across={across} top={top} bottom={bottom} />)}
        </g>
        {labels && <CurveLabels lines={lines.filter(({ key, style }) => !style.faint || key === shown)} across={across} up={up} right={right} top={top} bottom={bottom} widthPx={labelPx} focus={shown} />}
        {!values && <text x={(left + right) / 2} y={(top + bottom) / 2} textAnchor="middle" fontSize={12} fill="var(--fg-3)">{isLog && lines.some(({ curve }) => curve.y.length > 0) ? "No value above 0 to draw on a logarithmic axis" : "No point here"}</text>}
        {cursor.drag && <rect x={Math.min(...cursor.drag)} y={top} width={Math.abs(cursor.drag[1] - cursor.drag[0])} height={bottom - top} fill="var(--accent)" fillOpacity={0.12} stroke="var(--accent)" />}
        {cursor.at !== undefined && !cursor.drag && <path d={`M${across.toPx(cursor.at)} ${top}V${bottom}`} stroke="var(--accent)" />}
        {cursor.at !== undefined && !cursor.drag && lines.map((line) => <Dot key={line.key} line={line} at={cursor.at ?? 0} across={across} up={up} />)}
      </svg>
      {cursor.at !== undefined && !cursor.drag && (
        <CurveReadout lines={lines} at={cursor.at} atPx={across.toPx(cursor.at)} pointerPx={cursor.pointerPx} up={up} axis={axis} span={span} zone={zone} widthPx={widthPx} resolution={resolution} focus={focus} onNear={setNear} />
      )}
    </div>
  );
}

function* visibleValues(lines: readonly CurveLine[], span: Span): Generator<number> {
  for (const { curve, raw } of lines) {
    for (const { x, y } of raw ? [curve, raw] : [curve]) {
      for (let at = 0; at < x.length; at += 1) {
        const place = x[at] ?? NaN;
        if (place >= span.from && place <= span.to) yield y[at] ?? NaN;
      }
    }
  }
}

type LinesProps = { lines: readonly CurveLine[]; across: Scale; up: Scale; focus: string | undefined };

function Lines({ lines, across, up, focus }: LinesProps) {
  const rank = ({ key, style }: CurveLine): number => (key === focus ? 2 : style.faint ? 0 : 1);
  return [...lines].sort((a, b) => rank(a) - rank(b)).map(({ key, style: own, curve, raw, gaps }) => {
    const isFaint = own.faint === true && focus !== key;
    const style = isFaint ? { ...own, color: "var(--fg-3)", dash: undefined, width: 1.2 } : own;
    const faded = focus !== undefined && focus !== key;
    const end = curve.x.length - 1;
    const isPoint = curve.x.length === 1;
    const { path, lone } = drawCurve(curve, across, up, gaps.x);
    return (
      <g key={key} opacity={isFaint ? 0.24 : faded ? 0.22 : 1}>
        {raw && !isFaint && <path d={drawCurve(raw, across, up, gaps.x).path} fill="none" stroke={style.color} strokeWidth={1} opacity={0.28} />}
        <path d={path} fill="none" stroke={style.color} strokeWidth={(style.width ?? 1.7) + (focus === key ? 0.9 : 0)} strokeDasharray={style.dash} strokeLinejoin="round" />
        {lone.map(({ x, y }) => <circle key={x} cx={x} cy={y} r={2.2} fill={style.color} />)}
        {!isFaint && Number.isFinite(up.toPx(curve.y[end] ?? NaN)) && <Mark marker={style.marker} x={across.toPx(curve.x[end] ?? NaN)} y={up.toPx(curve.y[end] ?? NaN)} color={style.color} size={isPoint ? 3.8 : 3} />}
      </g>
    );
  });
}

/** Where a value was no number: NaN and −∞ stand at the foot, ∞ at the head. */
function Gaps({ line, across, top, bottom }: { line: CurveLine; across: Scale; top: number; bottom: number }) {
  return line.gaps.x.map((x, index) => {
    const kind = line.gaps.kind[index] ?? "nan";
    const px = across.toPx(x);
    if (kind === "nan") return <path key={`${index}`} d={`M${px - 3} ${bottom - 7}l6 6m0 -6l-6 6`} stroke={line.style.color} strokeWidth={1.5} />;
    return <path key={`${index}`} d={kind === "inf" ? `M${px - 3.5} ${top + 6}L${px} ${top}L${px + 3.5} ${top + 6}Z` : `M${px - 3.5} ${bottom - 6}L${px} ${bottom}L${px + 3.5} ${bottom - 6}Z`} fill={line.style.color} />;
  });
}

function Dot({ line, at, across, up }: { line: CurveLine; at: number; across: Scale; up: Scale }) {
  const { x, value } = line.readings;
  const index = x.findIndex((place) => place >= at);
  const found = x[index] === at ? index : -1;
  const py = up.toPx(value[found] ?? NaN);
  return Number.isFinite(py) ? <Mark marker={line.style.marker} x={across.toPx(at)} y={py} color={line.style.color} size={3.4} /> : null;
}
