"use client";

import Link from "next/link";
import { LineBandChart } from "@/components/patterns/line-band-chart";
import { Pair, Stack } from "@/components/patterns/page-header";
import { EmptyState, ErrorState } from "@/components/patterns/states";
import { Status } from "@/components/ui/chip";
import { formatCount, formatNumber, formatPercent } from "@/components/ui/format";
import { Notice } from "@/components/ui/notice";
import { Panel, PanelHeader } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import type { StatusView } from "@/components/ui/tone";
import { type HealthView, incidentStatusView, kindWords, limitWords, monitorStatusView } from "@/lib/monitoring";
import { accuracyLimits, accuracyPoints, errorLimits, errorPoints, gapsOf, latencyPoints, markersOf, secondsText, volumeOf } from "./chart-data";
import { incidentHref, type Target } from "./queries";

type HealthTabProps = { target: Target; health: HealthView; error: unknown; onRetry: () => void };

/** Key metric with its interval, failures and latency over time; then what the monitors say and which incidents are open. */
export function HealthTab({ target, health, error, onRetry }: HealthTabProps) {
  if (health.total.requests + health.total.rejected === 0) {
    return (
      <Stack>
        {error !== null && <Panel><ErrorState error={error} what="health" onRetry={onRetry} compact /></Panel>}
        <Panel><EmptyState kind="never" icon="pulse" title="No prediction in this range">Counts appear a few seconds after the gateway answers the first request. Choose a longer range to look further back.</EmptyState></Panel>
        <States target={target} health={health} />
      </Stack>
    );
  }
  return (
    <Stack>
      {error !== null && <Notice tone="warn" title="These figures are not refreshed" live>The last ones that arrived are of <Time value={health.asOf} format="clock" />.</Notice>}
      <Charts health={health} />
      <States target={target} health={health} />
    </Stack>
  );
}

function Charts({ health }: { health: HealthView }) {
  const { points, total, endpoint } = health;
  const axis = { fromMs: Date.parse(health.from), toMs: Date.parse(health.to), gaps: gapsOf(points, health.asOf), markers: markersOf(health) };
  const note = `${secondsText(health.stepSeconds)} windows, 95 % interval${endpoint.version === null ? "" : `, v${endpoint.version} now`}`;
  const accuracyLimit = accuracyLimits(health.monitors);
  const errorLimit = errorLimits(health.monitors);
  const correct = points.reduce((sum, point) => sum + (point.accuracy ?? 0) * point.labelled, 0);
  const errors = (
    <LineBandChart
      {...axis}
      title="Error rate"
      note={total.labelled > 0 ? "failed / requests" : note}
      label={`Error rate ${formatPercent(total.errors / Math.max(1, total.requests))}: ${formatNumber(total.errors, 0)} of ${formatCount(total.requests, "request")} failed`}
      series={[{ key: "errors", name: "Error rate", color: "stable", points: errorPoints(points, errorLimit[0]?.value) }]}
      thresholds={errorLimit}
      format={{ kind: "percent" }}
      fromZero
      {...(total.labelled > 0 ? { heightPx: 170 } : { volume: volumeOf(points) })}
    />
  );
  const latency = (
    <LineBandChart
      {...axis}
      title="Latency"
      note="at the gateway, answered requests"
      label="Median and 95th percentile of the latency by window"
      series={[{ key: "p95", name: "p95", color: "cat-2", points: latencyPoints(points, "p95Ms") }, { key: "p50", name: "p50", color: "cat-3", points: latencyPoints(points, "p50Ms") }]}
      format={{ kind: "ms" }}
      fromZero
      heightPx={170}
    />
  );
  if (total.labelled === 0) return <>{errors}{latency}</>;
  return (
    <>
      <LineBandChart
        {...axis}
        title="Accuracy"
        note={note}
        label={`Accuracy ${formatPercent(correct / total.labelled)} over ${formatCount(total.labelled, "labelled prediction")}`}
        series={[{ key: "accuracy", name: "Accuracy", color: "stable", points: accuracyPoints(points, accuracyLimit[0]?.value) }]}
        thresholds={accuracyLimit}
        format={{ kind: "percent" }}
        volume={volumeOf(points)}
        legend={null}
        footer={<span>Dashed where fewer than half of the predictions have a label yet.</span>}
      />
      <Pair>{errors}{latency}</Pair>
    </>
  );
}

function States({ target, health }: { target: Target; health: HealthView }) {
  return (
    <Pair>
      <Panel>
        <PanelHeader title="Monitors" note="newest window" />
        {health.monitors.length === 0 ? (
          <p className="px-3.5 py-4 text-fg-2">No monitor yet. Add one under Monitors; the first verdict comes after its first window.</p>
        ) : (
          <ul>
            {health.monitors.map((monitor) => (
              <li key={monitor.id} className="flex flex-wrap items-start gap-x-3 gap-y-0.5 border-b border-line px-3.5 py-2 last:border-b-0">
                <span className="w-24 flex-none"><Status status={monitorStatusView(monitor.status) as StatusView} /></span>
                <span className="min-w-0 flex-1 basis-48">
                  <b className="font-medium">{monitor.name}</b> <span className="text-fg-3">{kindWords[monitor.kind].title}, {limitWords(monitor.kind, monitor.params)}</span>
                  <span className="block text-sm text-fg-2">{monitor.isEnabled ? (monitor.latest?.reason ?? "Its first window is not over yet.") : "Switched off."}</span>
                </span>
                {monitor.latest && <Time value={monitor.latest.windowEnd} />}
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <Panel>
        <PanelHeader title="Open incidents" />
        {health.incidents.length === 0 ? (
          <p className="px-3.5 py-4 text-fg-2">None.</p>
        ) : (
          <ul>
            {health.incidents.map((incident) => (
              <li key={incident.id} className="flex items-start gap-3 border-b border-line px-3.5 py-2 last:border-b-0">
                <span className="w-28 flex-none"><Status status={incidentStatusView(incident) as StatusView} /></span>
                <span className="min-w-0 flex-1">
                  <Link className="font-medium text-accent hover:underline" href={incidentHref(target.workspace, incident.number)}>INC-{incident.number} {incident.title}</Link>
                  <span className="block text-sm text-fg-2">{incident.cause}</span>
                </span>
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </Pair>
  );
}
