import { cx } from "@/components/ui/cx";
import { toneClass, type Tone } from "@/components/ui/tone";

/** An interval in units of the metric's own limit: 0 is no change, ±1 the limit. */
export type Ladder = {
  low: number;
  high: number;
  estimate: number;
  /** Which sides have a limit. */
  lower?: boolean | undefined;
  upper?: boolean | undefined;
};

const domain = { min: -1.41, max: 1.67 };

/** Position on the ladder in percent, cut at its ends. */
export const ladderX = (units: number): number => ((Math.min(domain.max, Math.max(domain.min, units)) - domain.min) / (domain.max - domain.min)) * 100;

export type IntervalBarProps = {
  ladder: Ladder;
  tone: Tone;
  /** The finding: "Error rate: difference +0.01 pp, 95 % interval −0.12 to +0.14, limit +0.20 pp". */
  label: string;
  className?: string | undefined;
};

/** Interval with end caps and hollow estimate between no change and the limits; beyond a limit is hatched. Ends outside the frame become arrows. */
export function IntervalBar({ ladder, tone, label, className }: IntervalBarProps) {
  const low = ladderX(ladder.low);
  const high = ladderX(ladder.high);
  return (
    <div role="img" aria-label={label} className={cx("relative h-10", tone === "idle" ? "" : toneClass[tone], className)} style={tone === "idle" ? { "--tone-line": "var(--idle-line)" } as React.CSSProperties : undefined}>
      {ladder.lower && <Zone from={0} to={ladderX(-1)} edge="right" />}
      {ladder.upper && <Zone from={ladderX(1)} to={100} edge="left" />}
      <span className="absolute inset-y-0 w-px bg-line-2" style={{ left: `${ladderX(0)}%` }} />
      <span className="absolute top-1/2 h-[2.5px] -translate-y-1/2 bg-tone-line" style={{ left: `${low}%`, width: `${high - low}%` }} />
      <End at={low} outside={ladder.low < domain.min ? "left" : undefined} />
      <End at={high} outside={ladder.high > domain.max ? "right" : undefined} />
      <span className="absolute top-1/2 size-2.5 -translate-1/2 rounded-full border-2 border-tone-line bg-surface" style={{ left: `${ladderX(ladder.estimate)}%` }} />
    </div>
  );
}

function Zone({ from, to, edge }: { from: number; to: number; edge: "left" | "right" }) {
  return <span className={cx("hatch-harm absolute inset-y-0 border-dashed border-crit-line", edge === "left" ? "border-l" : "border-r")} style={{ left: `${from}%`, width: `${to - from}%` }} />;
}

function End({ at, outside }: { at: number; outside: "left" | "right" | undefined }) {
  if (outside === undefined) return <span className="absolute top-1/2 h-[9px] w-[1.5px] -translate-1/2 bg-tone-line" style={{ left: `${at}%` }} />;
  return (
    <svg aria-hidden viewBox="0 0 6 10" width={6} height={10} className={cx("absolute top-1/2 -translate-y-1/2 text-tone-line", outside === "right" ? "right-0" : "left-0 rotate-180")}>
      <path d="M0 0 6 5 0 10z" fill="currentColor" />
    </svg>
  );
}
