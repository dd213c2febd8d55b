"use client";

import { incidentHref, pollEveryMs } from "@/components/monitoring/queries";
import { DataTable } from "@/components/patterns/data-table";
import { FilterBar } from "@/components/patterns/filter-bar";
import { PageHeader } from "@/components/patterns/page-header";
import { EmptyState } from "@/components/patterns/states";
import { useCursorList } from "@/components/patterns/use-cursor-list";
import { useFilters } from "@/components/patterns/use-filters";
import { Page } from "@/components/shell/page";
import { Status } from "@/components/ui/chip";
import { Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";
import type { StatusView } from "@/components/ui/tone";
import type { Page as PageOf } from "@/lib/http/api-client";
import { type IncidentView, incidentStatusView } from "@/lib/monitoring";
import { fetchIncidents, incidentKeys } from "./queries";

export type IncidentsScreenProps = { workspace: string; environment: string; initial: PageOf<IncidentView> };

const finding = (incidents: readonly IncidentView[] | undefined, environment: string): string => {
  const open = (incidents ?? []).filter((incident) => incident.status !== "resolved");
  const critical = open.filter((incident) => incident.severity === "CRITICAL").length;
  if (open.length === 0) return `No incident is open in ${environment}`;
  return `${open.length} ${open.length === 1 ? "incident is" : "incidents are"} open in ${environment}${critical > 0 ? `, ${critical} critical` : ""}`;
};

const isMuted = (incident: IncidentView): boolean => incident.mutedUntil !== null && Date.parse(incident.mutedUntil) > Date.now();

/** Incidents of an environment, newest first; resolved ones say which action resolved them. */
export function IncidentsScreen({ workspace, environment, initial }: IncidentsScreenProps) {
  const filters = useFilters(["status", "q"]);
  const query = { environment, status: filters.values.status, q: filters.values.q };
  const list = useCursorList({
    queryKey: incidentKeys.list(workspace, query),
    fetchPage: (cursor, signal) => fetchIncidents(workspace, { ...query, cursor }, signal),
    initialPage: filters.active.length === 0 ? initial : undefined,
    refetchIntervalMs: pollEveryMs,
  });
  return (
    <Page crumbs={[{ label: "Incidents" }]} environment>
      <PageHeader title={finding(list.rows, environment)} lead="A monitor opens one when its windows stay beyond their limit, and clears it when they stay well inside." />
      <FilterBar
        filters={filters}
        search={{ param: "q", placeholder: "Words of the title" }}
        facets={[{ param: "status", label: "Status", display: "chips", options: [{ value: "open", label: "Open" }, { value: "acknowledged", label: "Acknowledged" }, { value: "resolved", label: "Resolved" }] }]}
      />
      <DataTable
        label="Incidents, newest first"
        what="incidents"
        rowKey={(incident) => incident.id}
        rowHref={(incident) => incidentHref(workspace, incident.number)}
        rowHeight={52}
        filters={filters}
        cards
        columns={[
          { id: "status", header: "Status", width: "150px", phone: "bare", cell: (incident) => <span className="flex flex-wrap gap-1"><Status status={incidentStatusView(incident) as StatusView} />{isMuted(incident) && <Tag>Muted</Tag>}</span> },
          { id: "title", header: "Incident and cause", link: true, phone: "full", cell: (incident) => <span className="grid"><span><b className="font-medium">INC-{incident.number}</b> {incident.title}</span><span className="truncate text-sm text-fg-2">{incident.status === "resolved" ? (incident.resolvedByAction ?? incident.cause) : incident.cause}</span></span> },
          { id: "endpoint", header: "Endpoint", width: "140px", phone: "hide", cell: (incident) => `${incident.endpoint}${incident.version === null ? "" : ` v${incident.version}`}` },
          { id: "opened", header: "Opened", align: "right", width: "110px", cell: (incident) => <Time value={incident.openedAt} /> },
          { id: "resolved", header: "Resolved", align: "right", width: "110px", phone: "hide", cell: (incident) => (incident.resolvedAt === null ? "—" : <Time value={incident.resolvedAt} />) },
        ]}
        empty={<EmptyState kind="never" icon="bell" title={`No incident in ${environment} yet`}>Monitors open them; without a monitor nothing is watched.</EmptyState>}
        {...list}
      />
    </Page>
  );
}
