import { minuteMs } from "@/lib/core/durations";
import { formatId } from "@/lib/core/ids";

import type { IncidentEventView, IncidentView, MonitorKind, MonitorStatus, MonitorView, ResultStatus, ResultView } from "./schema";
import type { MonitorRow, ResultRow, WatchedEndpoint } from "./store";
import type { IncidentEventRow, IncidentRow } from "./store-incidents";
import { detailsOf } from "./watch";

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
type Numbers = ReadonlyMap<string, number>;
const numberOf = (numbers: Numbers, id: string | null): number | null => (id === null ? null : (numbers.get(id) ?? null));

export const toResultView = (row: ResultRow, numbers: Numbers): ResultView => {
  const { ratio, violated } = detailsOf(row);
  return {
    windowStart: row.windowStart.toISOString(),
    windowEnd: row.windowEnd.toISOString(),
    status: row.status as ResultStatus,
    value: row.value,
    lower: row.lower,
    upper: row.upper,
    ratio,
    violated,
    rows: row.rows,
    version: numberOf(numbers, row.versionId),
    referenceId: row.referenceId ? formatId("reference", row.referenceId) : null,
    revision: row.revision,
    reason: row.reason,
    computedAt: row.computedAt.toISOString(),
  };
};

/** A monitor whose evaluation is this late is stale, whatever it last said. */
const lateMs = (windowSeconds: number): number => Math.max(minuteMs, windowSeconds * 1000);

export const statusOf = (row: MonitorRow, latest: ResultRow | undefined, now: Date): MonitorStatus => {
  if (row.isEnabled && now.getTime() - row.nextEvaluationAt.getTime() > lateMs(row.windowSeconds)) return "STALE";
  return (latest?.status as ResultStatus | undefined) ?? "NO_DATA";
};

export type MonitorParts = { endpoint: Pick<WatchedEndpoint, "name" | "environment">; latest: ResultRow | undefined; incident: IncidentRow | undefined; numbers: Numbers; now: Date };

export const toMonitorView = (row: MonitorRow, { endpoint, latest, incident, numbers, now }: MonitorParts): MonitorView => ({
  id: formatId("monitor", row.id),
  name: row.name,
  kind: row.kind as MonitorKind,
  endpoint: endpoint.name,
  environment: endpoint.environment.name,
  params: row.params as Record<string, unknown>,
  windowSeconds: row.windowSeconds,
  minRows: row.minRows,
  violationsToOpen: row.violationsToOpen,
  windowsLookedAt: row.windowsLookedAt,
  severity: row.severity as MonitorView["severity"],
  isEnabled: row.isEnabled,
  status: statusOf(row, latest, now),
  latest: latest ? toResultView(latest, numbers) : null,
  incident: incident ? { id: formatId("incident", incident.id), number: incident.number, status: incident.status as IncidentView["status"], mutedUntil: iso(incident.mutedUntil) } : null,
  nextEvaluationAt: row.nextEvaluationAt.toISOString(),
  createdBy: row.createdBy,
  createdAt: row.createdAt.toISOString(),
});

export type IncidentParts = { endpoint: Pick<WatchedEndpoint, "name" | "environment"> | undefined; monitorName: string; numbers: Numbers; people: ReadonlyMap<string, string> };

export const toIncidentView = (row: IncidentRow, { endpoint, monitorName, numbers, people }: IncidentParts): IncidentView => ({
  id: formatId("incident", row.id),
  number: row.number,
  kind: row.kind as MonitorKind,
  severity: row.severity as IncidentView["severity"],
  status: row.status as IncidentView["status"],
  title: row.title,
  cause: row.cause,
  endpoint: endpoint?.name ?? "",
  environment: endpoint?.environment.name ?? "",
  isProduction: endpoint?.environment.isProduction ?? false,
  monitor: { id: formatId("monitor", row.monitorId), name: monitorName },
  version: numberOf(numbers, row.versionId),
  openedAt: row.openedAt.toISOString(),
  lastSeenAt: row.lastSeenAt.toISOString(),
  acknowledgedAt: iso(row.acknowledgedAt),
  acknowledgedBy: row.acknowledgedBy ? (people.get(row.acknowledgedBy) ?? "somebody who left") : null,
  resolvedAt: iso(row.resolvedAt),
  resolution: row.resolution as IncidentView["resolution"],
  resolvedByAction: row.resolvedByAction,
  mutedUntil: iso(row.mutedUntil),
});

export const toEventView = (row: IncidentEventRow): IncidentEventView => ({ id: row.id, at: row.at.toISOString(), type: row.type, actor: row.actor, text: row.text, data: row.data as Record<string, unknown> });
