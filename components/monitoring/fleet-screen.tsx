"use client";

import { useQuery } from "@tanstack/react-query";
import { DataTable } from "@/components/patterns/data-table";
import { PageHeader } from "@/components/patterns/page-header";
import { pollWhile } from "@/components/patterns/polling";
import { EmptyState } from "@/components/patterns/states";
import { Page } from "@/components/shell/page";
import { Status } from "@/components/ui/chip";
import { formatNumber, formatPercent } from "@/components/ui/format";
import { TextLink } from "@/components/ui/link";
import { Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";
import type { StatusView } from "@/components/ui/tone";
import { type FleetItem, monitorStatusView } from "@/lib/monitoring";
import { fetchFleet, monitoringHref, monitoringKeys, pollEveryMs } from "./queries";

export type FleetScreenProps = { workspace: string; environment: string; initial: FleetItem[] };

const finding = (items: readonly FleetItem[], environment: string): string => {
  const troubled = items.filter((item) => item.status === "CRITICAL" || item.status === "WARNING" || item.status === "STALE");
  if (items.length === 0) return `Nothing serves in ${environment} yet`;
  if (troubled.length > 0) return `${troubled.length} of ${items.length} endpoints need attention`;
  const quiet = items.filter((item) => item.status === "OK").length;
  return quiet === items.length ? `All ${items.length} endpoints are healthy` : `No endpoint needs attention; ${items.length - quiet} of ${items.length} can't be judged yet`;
};

/** Every endpoint of an environment with its state and the cause in one sentence, worst first. */
export function FleetScreen({ workspace, environment, initial }: FleetScreenProps) {
  const query = useQuery({ queryKey: monitoringKeys.fleet(workspace, environment), queryFn: ({ signal }) => fetchFleet(workspace, environment, signal), initialData: initial, ...pollWhile(true, pollEveryMs) });
  return (
    <Page crumbs={[{ label: "Monitoring" }]} environment>
      <PageHeader title={finding(query.data, environment)} lead="Worst first. Only an unresolved incident makes an endpoint critical or a warning." />
      <DataTable
        label="Endpoints, worst first"
        what="endpoints"
        rows={query.data}
        error={query.error}
        onRetry={() => void query.refetch()}
        rowKey={(item) => item.id}
        rowHref={(item) => monitoringHref(workspace, item.name, item.environment)}
        rowHeight={52}
        cards
        columns={[
          { id: "status", header: "Status", width: "130px", phone: "bare", cell: (item) => <span className="flex flex-wrap gap-1"><Status status={monitorStatusView(item.status) as StatusView} />{item.mutedUntil !== null && <Tag>Muted</Tag>}</span> },
          { id: "name", header: "Endpoint and cause", link: true, phone: "full", cell: (item) => <span className="grid"><span><b className="font-medium">{item.name}</b> {item.model}{item.version === null ? "" : ` v${item.version}`}</span><span className="truncate text-sm text-fg-2">{item.cause}</span></span> },
          { id: "since", header: "Since", width: "100px", phone: "hide", cell: (item) => (item.since === null ? "—" : <Time value={item.since} />) },
          { id: "volume", header: "Predictions a minute", align: "right", width: "110px", cell: (item) => formatNumber(item.requestsPerMinute, item.requestsPerMinute !== null && item.requestsPerMinute >= 10 ? 0 : 1) },
          { id: "coverage", header: "Labelled", align: "right", width: "90px", phone: "hide", cell: (item) => formatPercent(item.labelCoverage) },
          { id: "incidents", header: "Incidents", align: "right", width: "80px", phone: "hide", cell: (item) => item.openIncidents },
          { id: "seen", header: "Last data", align: "right", width: "110px", phone: "hide", cell: (item) => (item.lastSeenAt === null ? "—" : <Time value={item.lastSeenAt} />) },
        ]}
        empty={<EmptyState kind="never" icon="pulse" title={`No endpoint serves in ${environment} yet. Monitoring begins with the first one.`} action={<TextLink href={`/w/${workspace}/endpoints?env=${environment}`}>Open endpoints</TextLink>} />}
      />
    </Page>
  );
}
