import { cx } from "@/components/ui/cx";
import { toneClass, type Tone } from "@/components/ui/tone";

export type SparklineProps = {
  /** Oldest first; null is a gap. */
  values: readonly (number | null)[];
  limit?: number | undefined;
  /** Only crit and warn colour the line. */
  tone?: Tone | undefined;
  /** "30 days of WAPE, last 15.3 %" */
  label: string;
  width?: number | undefined;
  height?: number | undefined;
};

/** Small trend: limit dashed, last point dotted, gaps stay gaps. */
export function Sparkline({ values, limit, tone, label, width = 110, height = 28 }: SparklineProps) {
  const known = values.filter((value) => value !== null);
  const all = limit === undefined ? known : [...known, limit];
  const min = Math.min(...all);
  const span = Math.max(...all) - min || 1;
  const y = (value: number) => height - 4 - ((value - min) / span) * (height - 8);
  const x = (index: number) => 2 + (index / Math.max(1, values.length - 1)) * (width - 8);
  let pen = "M";
  let path = "";
  let last: { x: number; y: number } | undefined;
  values.forEach((value, index) => {
    if (value === null) {
      pen = "M";
      return;
    }
    last = { x: x(index), y: y(value) };
    path += `${pen}${last.x.toFixed(1)} ${last.y.toFixed(1)}`;
    pen = "L";
  });
  const colored = tone === "crit" || tone === "warn";
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${width} ${height}`} width={width} height={height} className={cx("block overflow-visible", colored ? cx(toneClass[tone], "text-tone-line") : "text-fg-3")}>
      {limit !== undefined && <path d={`M2 ${y(limit).toFixed(1)}H${width - 4}`} stroke="var(--border-control)" strokeDasharray="2 3" />}
      <path d={path} fill="none" stroke="currentColor" strokeWidth={1.4} strokeLinejoin="round" strokeLinecap="round" />
      {last && <circle cx={last.x} cy={last.y} r={2.2} fill="currentColor" />}
    </svg>
  );
}

/** Thin bar of 0 to 1 (feature weight, share). */
export function MeterBar({ value, label, className }: { value: number; label: string; className?: string | undefined }) {
  return (
    <span role="img" aria-label={label} className={cx("inline-block h-1 w-[46px] overflow-hidden rounded-[2px] bg-surface-3 align-[2px]", className)}>
      <span className="block h-full rounded-[2px] bg-fg-3" style={{ width: `${Math.min(1, Math.max(0, value)) * 100}%` }} />
    </span>
  );
}

export type SegmentBarProps = { segments: readonly { tone: Tone; count: number; label: string }[]; className?: string | undefined };

/** Shares of statuses as one bar, worst first. */
export function SegmentBar({ segments, className }: SegmentBarProps) {
  const shown = segments.filter((segment) => segment.count > 0);
  return (
    <div role="img" aria-label={shown.map((segment) => `${segment.count} ${segment.label}`).join(", ")} className={cx("flex h-1.5 gap-0.5", className)}>
      {shown.map((segment) => <span key={segment.label} className={cx("rounded-[2px] bg-tone-line", toneClass[segment.tone])} style={{ flex: segment.count }} />)}
    </div>
  );
}
