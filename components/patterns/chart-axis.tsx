import { formatNumber } from "@/components/ui/format";
import { formatTick, zoneName } from "@/components/ui/format-time";

/** Room around the drawing and width of its value axis: the same in every chart of a column, so that their times stand under each other. */
export const plotMargin = { top: 10, right: 10, bottom: 0, left: 0 };
export const axisWidthPx = 54;

/** Axis words of counts. */
export const countTick = (value: number): string => (value >= 1000 ? `${formatNumber(value / 1000, value % 1000 === 0 ? 0 : 1)} k` : formatNumber(value, 0));

export type TimeTickProps = { x: number | string; y: number | string; payload: { value: number }; fromMs: number; toMs: number; zone: string | undefined };

/** Word of the time axis; the last one stands at the edge and names the zone. */
export function TimeTick({ x, y, payload, fromMs, toMs, zone }: TimeTickProps) {
  const last = payload.value === toMs;
  return (
    <text x={x} y={Number(y) + 10} textAnchor={last ? "end" : "middle"} fontSize={11} fill="var(--fg-3)">
      {formatTick(payload.value, toMs - fromMs, zone)}
      {last && ` ${zoneName(toMs, zone)}`}
    </text>
  );
}

export type ValueTickProps = { x: number | string; y: number | string; payload: { value: number }; text: (value: number) => string };

/** Word of the value axis on one line ("100 ms" is never broken in two). */
export function ValueTick({ x, y, payload, text }: ValueTickProps) {
  return <text x={x} y={Number(y) + 4} textAnchor="end" fontSize={11} fill="var(--fg-3)">{text(payload.value)}</text>;
}

/** Fill of stretches without data: `url(#id)`. */
export function ChartHatch({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={id} width={6} height={6} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <path d="M0 0V6" stroke="var(--border-2)" strokeWidth={2} />
      </pattern>
    </defs>
  );
}
