"use client";

import { useSearchParams } from "next/navigation";
import { PageHeader } from "@/components/patterns/page-header";
import { Page } from "@/components/shell/page";
import { ButtonLink } from "@/components/ui/button";
import { Status } from "@/components/ui/chip";
import { SegmentedLinks } from "@/components/ui/segmented";
import { Tabs } from "@/components/ui/tabs";
import { Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";
import type { StatusView } from "@/components/ui/tone";
import { type HealthView, monitorStatusView } from "@/lib/monitoring";
import { DriftTab } from "./drift-tab";
import { HealthTab } from "./health-tab";
import { MonitorsTab } from "./monitors-tab";
import { PerformanceTab } from "./performance-tab";
import { incidentHref, type MonitoringRights, ranges, type Target } from "./queries";
import { useHealth } from "./use-health";

export type EndpointMonitoringProps = { target: Target; initial: HealthView; rights: MonitoringRights };

const leadOf = (health: HealthView): string => {
  const [worst] = health.incidents;
  if (worst) return worst.cause;
  if (health.monitors.length === 0) return "No monitor yet. Add one and the first verdict comes after its first window.";
  return `${health.monitors.length} ${health.monitors.length === 1 ? "monitor watches" : "monitors watch"} it; no incident is open.`;
};

/** Monitoring of an endpoint: the finding on top, then health, drift, performance and the monitors behind them. */
export function EndpointMonitoringScreen({ target, initial, rights }: EndpointMonitoringProps) {
  const search = useSearchParams();
  const range = search.get("range") ?? "auto";
  const tab = search.get("tab") ?? "health";
  const query = useHealth(target, range, initial);
  const health = query.data ?? initial;
  const { endpoint } = health;
  const [incident] = health.incidents;
  return (
    <Page crumbs={[{ label: "Monitoring", href: `/w/${encodeURIComponent(target.workspace)}/monitoring?env=${encodeURIComponent(target.environment)}` }, { label: endpoint.name }]} environment>
      <PageHeader
        title={endpoint.title}
        status={<><Status status={monitorStatusView(endpoint.status) as StatusView} />{endpoint.mutedUntil !== null && <Tag>Muted until <Time value={endpoint.mutedUntil} format="absolute" /></Tag>}</>}
        lead={leadOf(health)}
        meta={[
          { label: "Endpoint", value: endpoint.name },
          { label: "Serves", value: endpoint.version === null ? "nothing" : `${endpoint.model} v${endpoint.version}` },
          { label: "Last data", value: health.lastSeenAt === null ? "none" : <Time value={health.lastSeenAt} /> },
          { label: "As of", value: <Time value={health.asOf} format="clock" /> },
        ]}
        actions={incident && <ButtonLink href={incidentHref(target.workspace, incident.number)} icon="bell">INC-{incident.number}</ButtonLink>}
      />
      <Tabs
        label="Monitoring of the endpoint"
        items={[{ label: "Health", value: "health" }, { label: "Drift", value: "drift" }, { label: "Performance", value: "performance" }, { label: "Monitors", value: "monitors", count: health.monitors.length }]}
      >
        {tab !== "monitors" && <SegmentedLinks label="Range" param="range" segments={ranges.map(({ value, label }) => ({ value, label }))} />}
      </Tabs>
      {tab === "drift" ? (
        <DriftTab target={target} range={range} rights={rights} />
      ) : tab === "performance" ? (
        <PerformanceTab target={target} range={range} />
      ) : tab === "monitors" ? (
        <MonitorsTab target={target} monitors={health.monitors} rights={rights} grainSeconds={endpoint.grainSeconds} />
      ) : (
        <HealthTab target={target} health={health} error={query.error} onRetry={() => void query.refetch()} />
      )}
    </Page>
  );
}
