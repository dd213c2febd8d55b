import type { RampStep } from "@/components/patterns/ramp";
import type { VerdictRow } from "@/components/patterns/verdict-ladder";
import { formatMs, formatNumber, formatPercent, formatPoints } from "@/components/ui/format";
import type { StatusView } from "@/components/ui/tone";
import { type GuardrailVerdict, type RolloutStepView, type RolloutView, verdictView } from "@/lib/rollouts";

const rampKind = { prepare: "prepare", shadow: "shadow", canary: "weight", promote: "weight", gate: "gate", post_bake: "post-bake" } as const;

const rampState = (step: RolloutStepView, phase: string): RampStep["state"] => {
  if (step.kind === "gate") return step.state === "done" ? "gate-open" : phase === "AWAITING_APPROVAL" && step.state === "now" ? "gate-waiting" : step.state === "failed" ? "failed" : "next";
  return step.state;
};

/** The ramp of a rollout: words and heights, no decisions. Times are in `zone`, or in the reader's own. */
export const toRampSteps = (rollout: RolloutView, zone?: string): RampStep[] => {
  let percent = 0;
  return rollout.steps.map((step) => {
    if (step.kind === "canary" || step.kind === "promote" || step.kind === "post_bake") percent = step.weightPercent ?? percent;
    return {
      key: `${step.index}-${step.kind}`,
      label: step.title,
      kind: rampKind[step.kind],
      percent,
      state: rampState(step, rollout.phase),
      progress: step.progress ?? undefined,
      line1: step.detail,
      line2: step.endedAt ? `ended ${clock(step.endedAt, zone)}` : step.startedAt ? `since ${clock(step.startedAt, zone)}` : undefined,
    };
  });
};

const clock = (iso: string, zone: string | undefined): string => new Date(iso).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", ...(zone === undefined ? {} : { timeZone: zone }) });

const value = (unit: GuardrailVerdict["unit"], of: number | null): string => (unit === "ms" ? formatMs(of, 1) : formatPercent(of, 2));
const change = (unit: GuardrailVerdict["unit"], of: number | null): string => (unit === "ms" ? formatMs(of, 1, true) : formatPoints(of, 2));

/** One guardrail as a row of the ladder, in units of its own limit. */
export const toVerdictRow = (guardrail: GuardrailVerdict): VerdictRow => {
  const { difference, limit, unit } = guardrail;
  const words = guardrail.guards ? verdictView(guardrail.verdict, guardrail.metric) : { word: "Shown only", tone: "idle" as const, icon: "info" as const };
  const scale = Math.abs(limit);
  const isBounded = difference.value !== null && difference.lower !== null && difference.upper !== null && scale > 0;
  const interval = isBounded ? `${change(unit, difference.lower)} to ${change(unit, difference.upper)}` : undefined;
  return {
    key: guardrail.metric,
    metric: guardrail.title,
    note: guardrail.subtitle,
    stable: guardrail.stable.value === null ? "—" : value(unit, guardrail.stable.value),
    canary: guardrail.candidate.value === null ? "—" : value(unit, guardrail.candidate.value),
    difference: difference.value === null ? "—" : change(unit, difference.value),
    interval: interval ?? `n ${formatNumber(guardrail.candidate.n, 0)}`,
    status: words as StatusView,
    ladder: isBounded
      ? { low: (difference.lower ?? 0) / scale, high: (difference.upper ?? 0) / scale, estimate: (difference.value ?? 0) / scale, upper: guardrail.harmfulSide === "above" && guardrail.guards, lower: guardrail.harmfulSide === "below" && guardrail.guards }
      : undefined,
    message: isBounded ? undefined : guardrail.reason,
    description: `${guardrail.title}: ${words.word}. ${guardrail.reason} n ${guardrail.stable.n} stable, ${guardrail.candidate.n} candidate. ${guardrail.method}.`,
  };
};
