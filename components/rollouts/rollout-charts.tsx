"use client";

import { useQuery } from "@tanstack/react-query";
import { LineBandChart } from "@/components/patterns/line-band-chart";
import type { ChartPoint } from "@/components/patterns/line-band-types";
import { Pair } from "@/components/patterns/page-header";
import { pollWhile } from "@/components/patterns/polling";
import type { RolloutView, VerdictPoint } from "@/lib/rollouts";
import { fetchVerdicts, isRolloutLive, rolloutKeys } from "./queries";

/** Loss and latency over the looks of the analysis: cumulative values, so each point carries all that was measured before it. */
export function RolloutCharts({ workspace, rollout, initial }: { workspace: string; rollout: RolloutView; initial: readonly VerdictPoint[] }) {
  const { data } = useQuery({
    queryKey: rolloutKeys.verdicts(workspace, rollout.id),
    queryFn: async ({ signal }) => (await fetchVerdicts(workspace, rollout.id, signal)).items,
    initialData: [...initial],
    ...pollWhile(isRolloutLive(rollout), 3_000),
  });
  const looks = data.filter((look) => look.attempt === rollout.attempt);
  const first = looks[0];
  const last = looks.at(-1);
  if (!first || !last || looks.length < 2) return null;
  const range = { fromMs: Date.parse(first.at), toMs: Date.parse(last.at) };
  return (
    <Pair>
      {rollout.plan.guardrails.filter((guardrail) => guardrail.metric !== "agreement" && guardrail.metric !== "latency_p99").slice(0, 4).map(({ metric }) => <DifferenceChart key={metric} metric={metric} looks={looks} {...range} />)}
    </Pair>
  );
}

/** Rows of the smaller arm below which a sequence is not read, hence not drawn. */
const readableRows = 100;

function DifferenceChart({ metric, looks, fromMs, toMs }: { metric: string; looks: readonly VerdictPoint[]; fromMs: number; toMs: number }) {
  const found = looks.flatMap((look) => {
    const guardrail = look.document.guardrails.find((candidate) => candidate.metric === metric);
    return guardrail && Math.min(guardrail.stable.n, guardrail.candidate.n) >= readableRows ? [{ look, guardrail }] : [];
  });
  const latest = found.at(-1)?.guardrail;
  if (!latest || found.length < 2) return null;
  const scale = latest.unit === "ms" ? 1 : 100;
  const points: ChartPoint[] = found.map(({ look, guardrail }) => ({
    atMs: Date.parse(look.at),
    value: guardrail.difference.value === null ? null : guardrail.difference.value * scale,
    low: guardrail.difference.lower === null ? null : guardrail.difference.lower * scale,
    high: guardrail.difference.upper === null ? null : guardrail.difference.upper * scale,
    notes: [{ label: "n", value: `${guardrail.stable.n} stable, ${guardrail.candidate.n} candidate` }],
  }));
  const unit = latest.unit === "ms" ? "ms" : "points";
  return (
    <LineBandChart
      title={latest.title}
      note="difference, cumulative, with its sequence"
      label={`${latest.title}, candidate minus stable: ${latest.reason}`}
      series={[{ key: metric, name: "candidate minus stable", color: "canary", points }]}
      fromMs={fromMs}
      toMs={toMs}
      format={unit === "ms" ? { kind: "ms", digits: 1, signed: true } : { kind: "number", digits: 1, signed: true }}
      thresholds={[{ value: latest.limit * scale, label: `harmful above ${(latest.limit * scale).toFixed(unit === "ms" ? 0 : 1)} ${unit === "ms" ? "ms" : "pp"}`, tone: "crit", side: "above" }]}
      legend={null}
    />
  );
}
