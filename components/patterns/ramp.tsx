import { cx } from "@/components/ui/cx";
import { Icon, type IconName } from "@/components/ui/icon";
import { Panel } from "@/components/ui/panel";
import { ScrollRegion } from "@/components/ui/scroll-region";

export type RampStepState = "done" | "now" | "held" | "gate-open" | "gate-waiting" | "next" | "failed" | "skipped";

export type RampStep = {
  key: string;
  /** "25 %", "Shadow", "Approval" */
  label: string;
  /** Grey after the label: "10 %". */
  labelNote?: string | undefined;
  kind: "prepare" | "shadow" | "weight" | "gate" | "post-bake";
  /** Weight of the candidate in this step, 0 to 100 (a gate: that of the step before). */
  percent: number;
  state: RampStepState;
  /** Share of the step's time, 0 to 1, for the live step. */
  progress?: number | undefined;
  /** "41 of 60 min" */
  line1: string;
  /** "since 13:51" */
  line2?: string | undefined;
};

export type RampProps = { steps: readonly RampStep[]; label?: string | undefined };

const heightPx = (percent: number): number => Math.max(3, Math.round(percent <= 25 ? 4 + percent * 0.8 : 24 + (percent - 25) * 0.64));

const stateIcon = (step: RampStep): IconName => {
  if (step.state === "done") return step.kind === "shadow" ? "eye" : step.kind === "gate" ? "stamp" : "check";
  if (step.state === "now") return "spin";
  if (step.state === "held") return "pause";
  if (step.state === "failed") return "octa";
  if (step.state === "skipped") return "minusc";
  return step.kind === "gate" ? "stamp" : "clock";
};

const stateWord: Record<RampStepState, string> = { done: "done", now: "now", held: "held", "gate-open": "approved", "gate-waiting": "waits for approval", next: "later", failed: "failed", skipped: "left out" };

const iconTone = (step: RampStep): string => {
  if (step.state === "done" || step.state === "gate-open") return "text-ok-line";
  if (step.state === "now") return "text-canary";
  if (step.state === "held") return "text-warn-line";
  if (step.state === "failed") return "text-crit-line";
  return step.kind === "gate" ? "text-wait-line" : "text-fg-3";
};

const liveRow: Partial<Record<RampStepState, string>> = { now: "max-sm:bg-info-bg", held: "max-sm:bg-warn-bg", failed: "max-sm:bg-crit-bg", "gate-waiting": "max-sm:bg-wait-bg" };

/** Steps of a rollout as rising weight; a gate is a diamond, the edge after it stays empty. A list on phones. */
export function Ramp({ steps, label = "Steps" }: RampProps) {
  return (
    <Panel className="overflow-hidden">
      <ScrollRegion label={label} className="px-3.5 pt-3 pb-2.5 max-sm:p-0">
        <ol className="sm:grid" style={{ gridTemplateColumns: `repeat(${steps.length}, minmax(98px, 1fr))` }}>
          {steps.map((step, index) => <Step key={step.key} step={step} afterGate={steps[index - 1]?.kind === "gate"} />)}
        </ol>
      </ScrollRegion>
    </Panel>
  );
}

function Step({ step, afterGate }: { step: RampStep; afterGate: boolean }) {
  const later = step.state === "next" || step.state === "skipped";
  return (
    <li
      aria-current={step.state === "now" || step.state === "held" || step.state === "gate-waiting" ? "step" : undefined}
      className={cx("flex min-w-0 flex-col max-sm:grid max-sm:grid-cols-[118px_1fr_auto] max-sm:items-center max-sm:gap-x-2 max-sm:border-b max-sm:border-line max-sm:px-3.5 max-sm:py-2 max-sm:last:border-b-0", liveRow[step.state])}
    >
      <div className="relative mb-[7px] flex h-[76px] items-end border-b border-line-2 max-sm:hidden"><Bar step={step} afterGate={afterGate} /></div>
      <div className="flex items-center gap-[5px] whitespace-nowrap">
        <Icon name={stateIcon(step)} size={14} className={cx(iconTone(step), step.state === "now" && "live-pulse")} />
        <b className={cx(later ? "font-medium text-fg-2" : "font-semibold")}>
          {step.label}
          {step.labelNote !== undefined && <span className="text-fg-3"> {step.labelNote}</span>}
        </b>
        <span className="sr-only">, {stateWord[step.state]}</span>
      </div>
      <span className="pr-2 text-sm sm:truncate" title={step.line1}>{step.line1}</span>
      <span className="pr-2 text-sm text-fg-3 sm:truncate max-sm:pr-0">{step.line2 ?? "\u00a0"}</span>
    </li>
  );
}

function Bar({ step, afterGate }: { step: RampStep; afterGate: boolean }) {
  const height = step.kind === "prepare" ? 3 : heightPx(step.percent);
  if (step.kind === "gate") return <Gate step={step} height={height} />;
  if (step.state === "next" || step.state === "skipped") {
    return <span className={cx("block w-full border border-b-0 border-dashed border-line-control bg-surface-2", !afterGate && "border-l-0")} style={{ height }} />;
  }
  if (step.kind === "shadow" && step.state === "done") {
    return <span className="block h-[3px] w-full bg-[repeating-linear-gradient(90deg,var(--shadow)_0_6px,transparent_6px_10px)]" />;
  }
  if (step.state === "done") return <span className="block w-full bg-canary opacity-90" style={{ height }} />;
  return <LiveBar step={step} height={step.kind === "shadow" ? 12 : height} />;
}

const liveColor: Partial<Record<RampStepState, string>> = { held: "var(--warn-line)", failed: "var(--crit-line)" };

function LiveBar({ step, height }: { step: RampStep; height: number }) {
  const color = liveColor[step.state] ?? (step.kind === "shadow" ? "var(--shadow)" : "var(--canary)");
  const share = Math.min(1, Math.max(0, step.progress ?? 0)) * 100;
  const word = step.state === "now" ? "now" : step.state === "held" ? "held at" : "failed at";
  return (
    <span
      className="relative block w-full"
      style={{ height, background: `repeating-linear-gradient(135deg, color-mix(in srgb, ${color} 30%, transparent) 0 4px, color-mix(in srgb, ${color} 10%, transparent) 4px 8px)` }}
    >
      <i className="absolute inset-y-0 left-0 border-r-2 border-fg" style={{ width: `${share}%`, background: color }} />
      <span
        className="absolute bottom-full mb-1.5 -translate-x-1/2 text-xs font-semibold whitespace-nowrap"
        style={{ left: `${Math.min(82, Math.max(24, share))}%`, color: step.state === "now" && step.kind !== "shadow" ? "var(--canary)" : step.state === "held" ? "var(--warn-fg)" : step.state === "failed" ? "var(--crit-fg)" : "var(--fg-2)" }}
      >
        {step.kind === "weight" ? `${word} ${step.percent} %` : word}
      </span>
    </span>
  );
}

function Gate({ step, height }: { step: RampStep; height: number }) {
  const open = step.state === "gate-open" || step.state === "done";
  return (
    <>
      <span className={cx("absolute inset-x-0 border-t", open ? "border-solid border-canary" : "border-dashed border-line-control")} style={{ bottom: height }} />
      <span className={cx("absolute bottom-2 left-[calc(50%-14px)] grid size-7 rotate-45 place-items-center rounded-md border-[1.5px]", open ? "border-ok-line bg-ok-bg text-ok" : "border-wait-line bg-wait-bg text-wait")}>
        <Icon name={open ? "check" : "lock"} size={14} className="-rotate-45" />
      </span>
    </>
  );
}
