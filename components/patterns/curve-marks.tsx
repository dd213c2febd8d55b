import { type CurveMarker, type LineStyle } from "./curve-types";

type MarkProps = { marker: CurveMarker; x: number; y: number; color: string; size?: number | undefined; hollow?: boolean | undefined };

/** End mark of a line; its shape tells lines of one colour apart. */
export function Mark({ marker, x, y, color, size = 3.2, hollow = false }: MarkProps) {
  const paint = { fill: hollow ? "var(--surface)" : color, stroke: hollow ? color : "var(--surface)", strokeWidth: hollow ? 1.6 : 1 };
  if (marker === "square") return <rect x={x - size} y={y - size} width={size * 2} height={size * 2} {...paint} />;
  if (marker === "triangle") return <path d={`M${x} ${y - size * 1.2}L${x + size * 1.15} ${y + size * 0.9}H${x - size * 1.15}Z`} {...paint} />;
  if (marker === "diamond") return <path d={`M${x} ${y - size * 1.35}L${x + size * 1.35} ${y}L${x} ${y + size * 1.35}L${x - size * 1.35} ${y}Z`} {...paint} />;
  if (marker === "cross") return <path d={`M${x - size} ${y - size}L${x + size} ${y + size}M${x + size} ${y - size}L${x - size} ${y + size}`} fill="none" stroke={color} strokeWidth={1.8} />;
  return <circle cx={x} cy={y} r={size} {...paint} />;
}

/** A line as it is drawn, for tables and legends. */
export function LineSwatch({ style, faint = false }: { style: LineStyle; faint?: boolean | undefined }) {
  return (
    <svg aria-hidden width={22} height={12} className="flex-none" opacity={faint || style.faint ? 0.35 : 1}>
      <path d="M1 6h20" stroke={style.color} strokeWidth={2} strokeDasharray={style.dash} />
      <Mark marker={style.marker} x={11} y={6} color={style.color} size={2.8} />
    </svg>
  );
}
