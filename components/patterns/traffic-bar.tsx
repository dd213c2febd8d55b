import { cx } from "@/components/ui/cx";

export type TrafficArm = {
  role: "stable" | "canary";
  /** "v14 stable" */
  label: string;
  /** Weight as acknowledged, 0 to 100. */
  percent: number;
  /** "463/min" */
  note?: string | undefined;
};

export type TrafficBarProps = {
  arms: readonly TrafficArm[];
  /** Shadow line under the arms: "shadow", "10 %", "ended 10:40". */
  mirror?: { label: string; value: string; note?: string | undefined } | undefined;
  size?: "sm" | "md" | "lg" | undefined;
  legend?: boolean | undefined;
  className?: string | undefined;
};

const heights = { sm: "h-[7px] rounded-[2px]", md: "h-2.5 rounded-[3px]", lg: "h-3.5 rounded-[4px]" };
const slants = { sm: 6, md: 8, lg: 12 };

/** Who gets how much traffic; arms meet in the slant joint. Widths move in 400 ms when a route is acknowledged. */
export function TrafficBar({ arms, mirror, size = "md", legend = false, className }: TrafficBarProps) {
  const slant = slants[size];
  const shown = arms.filter((arm) => arm.percent > 0);
  const words = [...arms.map((arm) => `${arm.label} ${arm.percent} %`), ...(mirror ? [`${mirror.label} ${mirror.value}`] : [])].join(", ");
  return (
    <div className={className}>
      <div role="img" aria-label={words} className={cx("flex overflow-hidden bg-surface-3", heights[size])}>
        {shown.map((arm, index) => {
          const left = index > 0 ? slant : 0;
          const right = index < shown.length - 1 ? slant : 0;
          return (
            <span
              key={arm.label}
              className={cx("block h-full flex-none transition-[width] duration-400", arm.role === "stable" ? "bg-stable" : "bg-canary")}
              style={{
                // The next arm overlaps by its slant less a 3 px joint, so both edges run parallel.
                width: `calc(${arm.percent}% + ${left === 0 ? 0 : slant - 3}px)`,
                marginLeft: left === 0 ? 0 : -(slant - 3),
                clipPath: `polygon(${left}px 0, 100% 0, calc(100% - ${right}px) 100%, 0 100%)`,
              }}
            />
          );
        })}
      </div>
      {legend && (
        <dl className="mt-2.5 grid gap-1.5">
          {arms.map((arm) => (
            <LegendRow key={arm.label} swatch={<i className={cx("size-[9px] rounded-[2px]", arm.role === "stable" ? "bg-stable" : "bg-canary")} />} label={arm.label} value={`${arm.percent} %`} note={arm.note} />
          ))}
          {mirror && <LegendRow swatch={<MirrorMark />} label={mirror.label} value={mirror.value} note={mirror.note} />}
        </dl>
      )}
    </div>
  );
}

function LegendRow({ swatch, label, value, note }: { swatch: React.ReactNode; label: string; value: string; note?: string | undefined }) {
  return (
    <div className="grid grid-cols-[1fr_auto_minmax(72px,auto)] gap-2.5 text-right leading-[18px]">
      <dt className="flex min-w-0 items-center gap-1.5 text-left text-sm text-fg-2">{swatch}{label}</dt>
      <dd className="font-semibold tabular-nums">{value}</dd>
      <dd className="text-sm text-fg-3">{note}</dd>
    </div>
  );
}

/** Dashed teal mark of mirrored traffic. */
export function MirrorMark({ width = 9 }: { width?: number | undefined }) {
  return (
    <svg aria-hidden width={width} height={9} className="flex-none">
      <path d={`M0 4.5h${width}`} stroke="var(--shadow)" strokeWidth={2} strokeDasharray={width > 12 ? "4 3" : "3 2"} />
    </svg>
  );
}
