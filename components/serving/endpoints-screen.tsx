"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { DataTable } from "@/components/patterns/data-table";
import type { Column } from "@/components/patterns/data-table-row";
import { FilterBar } from "@/components/patterns/filter-bar";
import { PageHeader } from "@/components/patterns/page-header";
import { EmptyState } from "@/components/patterns/states";
import { TrafficBar } from "@/components/patterns/traffic-bar";
import { useCursorList } from "@/components/patterns/use-cursor-list";
import { useFilters } from "@/components/patterns/use-filters";
import { Page } from "@/components/shell/page";
import { Button } from "@/components/ui/button";
import { Status } from "@/components/ui/chip";
import { Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";
import type { Page as PageOf } from "@/lib/http/api-client";
import type { EndpointView } from "@/lib/serving";
import { CreateEndpointDialog } from "./create-endpoint-dialog";
import { appliedText, armsOf, endpointStatusView, hasCandidate, isLagging, needsAttention, readinessView } from "./present";
import { endpointHref, fetchEndpoints, fetchModelNames, servingKeys, type ServingRights } from "./queries";

export type EndpointsScreenProps = { workspace: string; environment: string; rights: ServingRights; initial: PageOf<EndpointView>; gatewayUrl: string };

/** What is found, worst first: what needs a look, what moves, else how many serve. */
const finding = (endpoints: readonly EndpointView[] | undefined, environment: string): string => {
  if (endpoints === undefined) return `Endpoints in ${environment}`;
  if (endpoints.length === 0) return `No endpoint in ${environment}`;
  const troubled = endpoints.filter(needsAttention).length;
  if (troubled > 0) return `${troubled} of ${endpoints.length} endpoints in ${environment} ${troubled === 1 ? "needs" : "need"} attention`;
  const moving = endpoints.filter(hasCandidate).length;
  if (moving > 0) return `${moving} of ${endpoints.length} endpoints in ${environment} ${moving === 1 ? "has" : "have"} a canary`;
  const serving = endpoints.filter(({ stable }) => stable !== null).length;
  return serving === endpoints.length ? `${serving === 1 ? "The endpoint" : `All ${serving} endpoints`} in ${environment} ${serving === 1 ? "serves" : "serve"}` : `${serving} of ${endpoints.length} endpoints in ${environment} serve`;
};

const columns: Column<EndpointView>[] = [
  { id: "status", header: "Status", width: "170px", phone: "bare", cell: (endpoint) => <Status status={endpointStatusView(endpoint)} /> },
  { id: "name", header: "Endpoint", link: true, phone: "full", cell: (endpoint) => <span className="grid"><span className="flex flex-wrap items-center gap-1.5"><b className="font-medium">{endpoint.name}</b>{endpoint.isAnonymous && <Tag>no token asked</Tag>}</span>{endpoint.description !== null && <span className="truncate text-sm text-fg-2">{endpoint.description}</span>}</span> },
  { id: "model", header: "Model", cell: (endpoint) => endpoint.model },
  { id: "serving", header: "Serves", width: "170px", cell: (endpoint) => <Serving endpoint={endpoint} /> },
  { id: "ready", header: "In the runtime", width: "120px", phone: "hide", optional: true, cell: ({ stable }) => (stable === null ? <span className="text-fg-3">nothing loaded</span> : <Status status={readinessView(stable.readiness)} bare />) },
  { id: "applied", header: "Route", cell: (endpoint) => (endpoint.route === null ? <span className="text-fg-3">none</span> : <span className={isLagging(endpoint) ? "tone-warn text-tone" : "text-fg-2"}>{appliedText(endpoint)}</span>) },
  { id: "warm", header: "Kept warm", phone: "hide", optional: true, cell: ({ previous, warmUntil }) => (previous === null || warmUntil === null ? <span className="text-fg-3">none</span> : <>v{previous.number} until <Time value={warmUntil} format="clock" /></>) },
];

function Serving({ endpoint }: { endpoint: EndpointView }) {
  if (endpoint.route === null || endpoint.stable === null) return <span className="text-fg-3">no version</span>;
  return (
    <span className="grid gap-1">
      <span>v{endpoint.stable.number}{hasCandidate(endpoint) && <span className="text-fg-2">, canary v{endpoint.route.candidate}</span>}</span>
      {hasCandidate(endpoint) && <TrafficBar size="sm" arms={armsOf(endpoint.route)} />}
    </span>
  );
}

const snippet = (gatewayUrl: string, workspace: string, environment: string): string => `curl ${gatewayUrl}/w/${workspace}/${environment}/v2/models/NAME/infer \\
  -H "authorization: Bearer $SLIPWAY_TOKEN" \\
  -H "content-type: application/json" -d @request.json`;

/** Endpoints of one environment. */
export function EndpointsScreen({ workspace, environment, rights, initial, gatewayUrl }: EndpointsScreenProps) {
  const [isOpen, setOpen] = useState(false);
  const filters = useFilters(["q", "model"]);
  const { q, model } = filters.values;
  const query = { environment, q, model };
  const list = useCursorList({
    queryKey: servingKeys.list(workspace, query),
    fetchPage: (cursor, signal) => fetchEndpoints(workspace, { ...query, cursor }, signal),
    initialPage: filters.active.length === 0 ? initial : undefined,
    refetchIntervalMs: 5_000,
  });
  const models = useQuery({ queryKey: servingKeys.models(workspace), queryFn: ({ signal }) => fetchModelNames(workspace, signal), staleTime: 60_000 });
  const create = <Button variant="primary" icon="plus" disabled={rights.write !== undefined} onClick={() => setOpen(true)}>Create endpoint</Button>;
  return (
    <Page crumbs={[{ label: "Endpoints" }]} environment>
      <PageHeader
        title={filters.active.length === 0 ? finding(list.rows, environment) : `Endpoints in ${environment}`}
        lead="Each keeps its address while versions change behind it."
        actions={<span className="grid justify-items-end gap-1">{create}{rights.write !== undefined && <span className="max-w-72 text-right text-sm text-fg-3">{rights.write}</span>}</span>}
      />
      <FilterBar
        filters={filters}
        search={{ param: "q", placeholder: "Filter endpoints by name" }}
        facets={(models.data ?? []).length > 1 || model !== undefined ? [{ param: "model", label: "Model", options: (models.data ?? []).map((name) => ({ value: name, label: name })) }] : []}
      />
      <DataTable
        label={`Endpoints in ${environment}, by name`}
        what="endpoints"
        columns={columns}
        columnChoice
        rowKey={(endpoint) => endpoint.id}
        rowHref={(endpoint) => endpointHref(workspace, endpoint.name, endpoint.environment)}
        rowTone={(endpoint) => (needsAttention(endpoint) ? "warn" : undefined)}
        rowHeight={52}
        cards
        filters={filters}
        empty={<EmptyState kind="never" icon="server" title={`No endpoint in ${environment} yet. Create one, then release a version to it.`} action={rights.write === undefined ? <Button icon="plus" onClick={() => setOpen(true)}>Create endpoint</Button> : undefined} code={{ label: "call", code: snippet(gatewayUrl, workspace, environment) }} />}
        {...list}
      />
      <CreateEndpointDialog workspace={workspace} environment={environment} open={isOpen} onOpenChange={setOpen} />
    </Page>
  );
}
