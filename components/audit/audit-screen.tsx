"use client";

import { useQuery } from "@tanstack/react-query";
import { actorLabel, type AuditEventView, type AuditFacets, changeSummary, isRefusal, sequenceLabel } from "@/lib/audit";
import { api, apiPath, type Page as CursorPage } from "@/lib/http/api-client";
import { DataTable } from "@/components/patterns/data-table";
import { FilterBar } from "@/components/patterns/filter-bar";
import { PageHeader } from "@/components/patterns/page-header";
import { PeekLayout, PeekPanel, usePeek } from "@/components/patterns/peek-panel";
import { pollWhile } from "@/components/patterns/polling";
import { EmptyState } from "@/components/patterns/states";
import { useCursorList } from "@/components/patterns/use-cursor-list";
import { useFilters } from "@/components/patterns/use-filters";
import { Page } from "@/components/shell/page";
import { Avatar } from "@/components/ui/avatar";
import { cx } from "@/components/ui/cx";
import { Digest } from "@/components/ui/digest";
import { formatNumber } from "@/components/ui/format";
import { Icon } from "@/components/ui/icon";
import { Time } from "@/components/ui/time";
import { AuditEventDetails } from "./audit-event-details";
import { auditKeys } from "./keys";
import { fromOf, rangeOptions } from "./ranges";

export type AuditScreenProps = { workspace: string; events: CursorPage<AuditEventView> | undefined; facets: AuditFacets };

const refreshMs = 5_000;

export function AuditScreen({ workspace, events, facets: initialFacets }: AuditScreenProps) {
  const filters = useFilters(["q", "range", "actor", "action", "targetType", "targetId"]);
  const { range, ...values } = filters.values;
  const { peek } = usePeek();
  const facets = useQuery({
    queryKey: auditKeys.facets(workspace),
    queryFn: ({ signal }) => api.get<AuditFacets>(apiPath(workspace, "audit", "facets"), { signal }),
    initialData: initialFacets,
    ...pollWhile(true, 10_000),
  }).data;
  const list = useCursorList<AuditEventView>({
    queryKey: [...auditKeys.events(workspace), filters.values],
    fetchPage: (cursor, signal) => api.get(apiPath(workspace, "audit", "events"), { query: { ...values, from: fromOf(range), cursor }, signal }),
    initialPage: filters.active.length === 0 ? events : undefined,
    refetchIntervalMs: refreshMs,
  });
  const opened = list.rows?.find(({ id }) => id === peek);
  const waiting = facets.unsequenced;
  return (
    <Page crumbs={[{ label: "Audit log" }]}>
      <PageHeader
        title={facets.total === 1 ? "1 event on the record" : `${formatNumber(facets.total)} events on the record`}
        lead={`Every change, who made it, when and why. Append-only: the programs that run Slipway have no right to change a line.${waiting > 0 ? ` ${waiting} being numbered.` : ""}`}
      />
      <FilterBar
        filters={filters}
        search={{ param: "q", placeholder: "Filter: person, action, target, request id" }}
        facets={[
          { param: "range", label: "Time", options: rangeOptions },
          { param: "actor", label: "Actor", options: facets.actors.map(({ value, name, count }) => ({ value, label: name, count })) },
          { param: "action", label: "Action", options: facets.actions.map(({ value, count }) => ({ value, label: value, count })) },
          { param: "targetType", label: "Target", options: facets.targetTypes.map(({ value, count }) => ({ value, label: value.replaceAll("_", " "), count })) },
          ...(values.targetId === undefined ? [] : [{ param: "targetId" as const, label: "Thing", options: [{ value: values.targetId, label: opened?.target.name ?? values.targetId }] }]),
        ]}
      />
      <PeekLayout
        table={
          <DataTable<AuditEventView>
            {...list}
            label="Audit events, newest first"
            what="events"
            rowKey={(event) => event.id}
            peekParam="peek"
            cards
            filters={filters}
            columnChoice
            empty={<EmptyState kind="never" title="Nothing happened yet" />}
            columns={[
              { id: "seq", header: "Event", width: "72px", cell: ({ seq }) => <Place seq={seq} /> },
              { id: "time", header: "Time", width: "112px", link: true, cell: (event) => <Time value={event.occurredAt} className="whitespace-nowrap" /> },
              { id: "actor", header: "Actor", width: "22%", truncate: true, cell: (event) => <ActorCell event={event} /> },
              { id: "action", header: "Action", width: "168px", phone: "bare", cell: ({ action }) => <code className={cx("text-sm", isRefusal(action) && "text-crit")}>{action}</code> },
              { id: "target", header: "Target", width: "22%", truncate: true, cell: ({ target }) => target.name || target.type.replaceAll("_", " ") },
              { id: "change", header: "Change", width: "34%", truncate: true, phone: "full", cell: (event) => <span className="text-fg-2">{changeSummary(event)}</span> },
              { id: "leaf", header: "Leaf hash", optional: true, hidden: peek !== undefined, width: "110px", phone: "hide", cell: ({ leafHash }) => <Digest value={leafHash} copy={false} /> },
            ]}
          />
        }
        panel={
          peek === undefined ? undefined : (
            <PeekPanel title={opened === undefined ? "Event" : opened.seq === null ? "Event, being numbered" : `Event ${formatNumber(opened.seq)}`} keys={list.rows?.map(({ id }) => id) ?? []}>
              <AuditEventDetails workspace={workspace} eventId={peek} known={opened} />
            </PeekPanel>
          )
        }
      />
    </Page>
  );
}

function Place({ seq }: { seq: number | null }) {
  if (seq !== null) return <span className="text-fg-3 tabular-nums">{formatNumber(seq)}</span>;
  return (
    <span title={sequenceLabel(null)} className="text-fg-3">
      <Icon name="clock" size={14} />
      <span className="sr-only">{sequenceLabel(null)}</span>
    </span>
  );
}

function ActorCell({ event }: { event: AuditEventView }) {
  const { type } = event.actor;
  const label = actorLabel(event.actor);
  return (
    <span className="inline-flex max-w-full items-center gap-2">
      <Avatar name={label} size="sm" {...(type === "user" ? {} : { icon: type === "token" ? "key" : "server" })} />
      <span className="truncate">{label}</span>
    </span>
  );
}
