"use client";

import { useQuery } from "@tanstack/react-query";
import { secondsText, spanOf } from "@/components/monitoring/chart-data";
import { monitoringHref, pollEveryMs } from "@/components/monitoring/queries";
import { valueText } from "@/components/monitoring/results-table";
import { LineBandChart } from "@/components/patterns/line-band-chart";
import { PageColumns, PageHeader } from "@/components/patterns/page-header";
import { pollWhile } from "@/components/patterns/polling";
import { Timeline } from "@/components/patterns/timeline";
import { Page } from "@/components/shell/page";
import { Status } from "@/components/ui/chip";
import type { IconName } from "@/components/ui/icon";
import { KeyValues } from "@/components/ui/key-values";
import { TextLink } from "@/components/ui/link";
import { Notice } from "@/components/ui/notice";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";
import type { StatusView, Tone } from "@/components/ui/tone";
import { clearWords, type IncidentPage, incidentStatusView, kindWords, limitWords } from "@/lib/monitoring";
import { IncidentActions } from "./incident-actions";
import { fetchIncident, incidentKeys } from "./queries";

const marks: Record<string, { tone: Tone; icon: IconName }> = {
  opened: { tone: "crit", icon: "alert" },
  acknowledged: { tone: "wait", icon: "eye" },
  muted: { tone: "idle", icon: "clock" },
  unmuted: { tone: "idle", icon: "clock" },
  resolved: { tone: "ok", icon: "okc" },
};

export type IncidentScreenProps = { workspace: string; initial: IncidentPage };

/** An incident: what moved and since when, the windows around it, who did what, and which action resolved it. */
export function IncidentScreen({ workspace, initial }: IncidentScreenProps) {
  const query = useQuery({ queryKey: incidentKeys.one(workspace, initial.id), queryFn: ({ signal }) => fetchIncident(workspace, initial.id, signal), initialData: initial, ...pollWhile(true, pollEveryMs), refetchInterval: ({ state }) => (state.data?.status === "resolved" ? false : pollEveryMs) }); // by what is shown: a cached page may be older than `initial`
  const incident = query.data;
  const isMuted = incident.mutedUntil !== null && Date.parse(incident.mutedUntil) > Date.parse(incident.lastSeenAt);
  return (
    <Page crumbs={[{ label: "Incidents", href: `/w/${encodeURIComponent(workspace)}/incidents?env=${encodeURIComponent(incident.environment)}` }, { label: `INC-${incident.number}` }]} environment>
      <PageHeader
        title={incident.title}
        status={<><Status status={incidentStatusView(incident) as StatusView} />{incident.mutedUntil !== null && isMuted && incident.status !== "resolved" && <Tag>Muted until <Time value={incident.mutedUntil} format="absolute" /></Tag>}</>}
        lead={incident.cause}
        meta={[
          { label: "Incident", value: `INC-${incident.number}` },
          { label: "Opened", value: <Time value={incident.openedAt} /> },
          ...(incident.resolvedAt === null ? [{ label: "Last seen", value: <Time value={incident.lastSeenAt} /> }] : [{ label: "Resolved", value: <Time value={incident.resolvedAt} /> }]),
        ]}
        actions={<IncidentActions workspace={workspace} incident={incident} />}
      />
      {query.error !== null && <Notice tone="warn" title="This page is not refreshed" live>What it shows may be out of date.</Notice>}
      <PageColumns rail={<Rail workspace={workspace} incident={incident} />}>
        {incident.results.length > 0 && <Windows incident={incident} />}
        <Panel>
          <PanelHeader title="What happened" />
          <Timeline events={incident.timeline.map((event) => ({ key: event.id, at: event.at, text: event.text, detail: `by ${event.actor}`, ...(marks[event.type] ?? { tone: "idle" as const, icon: "clock" as const }) }))} />
        </Panel>
      </PageColumns>
    </Page>
  );
}

function Windows({ incident }: { incident: IncidentPage }) {
  const { results, kind, monitorRule } = incident;
  const isDrift = kind === "drift" || kind === "prediction_drift";
  const line = isDrift ? 1 : Number(monitorRule?.params[kind === "performance" ? "line" : "limit"] ?? Number.NaN);
  const first = results[0];
  const last = results.at(-1);
  if (!first || !last) return null;
  const gaps = results.filter((result) => result.value === null).map((result) => ({ fromMs: Date.parse(result.windowStart), toMs: Date.parse(result.windowEnd), label: result.status === "INSUFFICIENT" ? "too few" : "no data" }));
  return (
    <LineBandChart
      title={isDrift ? "Worst effect, in units of its limit" : kind === "performance" ? "Accuracy" : "Error rate"}
      note={monitorRule ? `${secondsText(monitorRule.windowSeconds)} windows around the incident` : undefined}
      label={`${incident.title}; ${results.filter((result) => result.violated).length} of ${results.length} windows beyond the limit`}
      series={[
        {
          key: "value",
          name: "Value",
          color: "stable",
          points: results.map((result) => ({
            atMs: (Date.parse(result.windowStart) + Date.parse(result.windowEnd)) / 2,
            value: result.value,
            low: result.lower,
            high: result.upper,
            alert: result.violated ? (isDrift ? ("warn" as const) : ("crit" as const)) : undefined,
            window: spanOf(result.windowStart, result.windowEnd),
            notes: [{ label: "Verdict", value: result.reason }, { label: "Value", value: valueText(kind, result) }],
          })),
        },
      ]}
      thresholds={Number.isFinite(line) ? [{ value: line, label: isDrift ? "limit" : limitWords(kind, monitorRule?.params ?? {}), tone: isDrift ? "warn" : "crit", side: kind === "performance" ? "below" : "above" }] : []}
      gaps={gaps}
      markers={[{ atMs: Date.parse(incident.openedAt), label: "opened" }, ...(incident.resolvedAt === null ? [] : [{ atMs: Date.parse(incident.resolvedAt), label: "resolved" }])]}
      fromMs={Date.parse(first.windowStart)}
      toMs={Math.max(Date.parse(last.windowEnd), Date.parse(incident.resolvedAt ?? incident.lastSeenAt))}
      format={isDrift ? { kind: "number", digits: 2 } : { kind: "percent" }}
      legend={null}
    />
  );
}

function Rail({ workspace, incident }: { workspace: string; incident: IncidentPage }) {
  const { monitorRule: rule } = incident;
  return (
    <>
      <Panel>
        <PanelHeader title="Where" />
        <PanelBody>
          <KeyValues
            items={[
              { label: "Endpoint", value: <TextLink href={monitoringHref(workspace, incident.endpoint, incident.environment)}>{incident.endpoint}</TextLink> },
              { label: "Environment", value: incident.environment },
              { label: "Version", value: incident.version === null ? "—" : `${incident.model} v${incident.version}` },
              ...(incident.acknowledgedBy === null || incident.acknowledgedAt === null ? [] : [{ label: "Acknowledged", value: <>{incident.acknowledgedBy}, <Time value={incident.acknowledgedAt} /></> }]),
              ...(incident.resolvedByAction === null ? [] : [{ label: "Resolved by", value: incident.resolvedByAction }]),
            ]}
          />
        </PanelBody>
      </Panel>
      {rule && (
        <Panel>
          <PanelHeader title="Rule" note={rule.name} />
          <PanelBody>
            <KeyValues
              items={[
                { label: "Watches", value: kindWords[rule.kind].title },
                { label: "Limit", value: limitWords(rule.kind, rule.params) },
                { label: "Opens", value: `${rule.violationsToOpen} of ${rule.windowsLookedAt} windows` },
                { label: "Clears", value: `${rule.violationsToOpen} in a row with ${clearWords(rule.kind, rule.params)}` },
                { label: "Newest", value: rule.latest?.reason ?? "none yet" },
              ]}
            />
          </PanelBody>
        </Panel>
      )}
    </>
  );
}
