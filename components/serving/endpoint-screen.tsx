"use client";

import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { CallsTable } from "@/components/inference/calls-table";
import { PageColumns, PageHeader } from "@/components/patterns/page-header";
import { pollWhile } from "@/components/patterns/polling";
import { modelHref } from "@/components/registry/queries";
import { StartRolloutDialog } from "@/components/rollouts/start-rollout-dialog";
import { Page } from "@/components/shell/page";
import { Button } from "@/components/ui/button";
import { Status } from "@/components/ui/chip";
import type { KeyValue } from "@/components/ui/key-values";
import { TextLink } from "@/components/ui/link";
import { Notice } from "@/components/ui/notice";
import { Tabs } from "@/components/ui/tabs";
import { Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";
import type { Page as PageOf } from "@/lib/http/api-client";
import type { StoredSignature } from "@/lib/registry";
import type { RolloutSummary } from "@/lib/rollouts";
import type { DeploymentView, EndpointView, RouteView } from "@/lib/serving";
import { curlExample } from "./call-example";
import { DeploymentsTable } from "./deployments-table";
import { appliedText, endpointStatusView, hasCandidate, isLagging } from "./present";
import { endpointsHref, fetchActiveRollout, fetchEndpoint, servingKeys, type ServingRights } from "./queries";
import { RollBackDialog, rollBackTarget } from "./roll-back-dialog";
import { SettingsPanel } from "./settings-panel";
import { ActiveRolloutPanel, CurrentRoutePanel, RouteHistory } from "./traffic-panels";
import { UseItPanel } from "./use-it-panel";

export type EndpointScreenProps = {
  workspace: string;
  endpoint: EndpointView;
  routes: PageOf<RouteView>;
  deployments: PageOf<DeploymentView>;
  active: RolloutSummary | null;
  /** Of the version that serves. */
  signature: StoredSignature | null;
  rights: ServingRights;
};

const titleOf = (endpoint: EndpointView): string => {
  if (endpoint.stable === null) return `${endpoint.name} serves no version yet`;
  if (hasCandidate(endpoint)) return `${endpoint.name} serves ${endpoint.model} v${endpoint.stable.number}, canary v${endpoint.route?.candidate ?? 0}`;
  return `${endpoint.name} serves ${endpoint.model} v${endpoint.stable.number}`;
};

/** One endpoint: its traffic, versions, calls, how to call it, and its settings. */
export function EndpointScreen(props: EndpointScreenProps) {
  const { workspace, endpoint: given, rights } = props;
  const [open, setOpen] = useState<"release" | "rollback" | null>(null);
  const { data: active } = useQuery({
    queryKey: servingKeys.active(workspace, given.id),
    queryFn: ({ signal }) => fetchActiveRollout(workspace, given.id, signal),
    initialData: props.active,
    ...pollWhile(true),
    refetchInterval: (query) => (query.state.data ? 2_000 : 5_000),
  });
  const { data: endpoint, isError, dataUpdatedAt } = useQuery({
    queryKey: servingKeys.one(workspace, given.id),
    queryFn: ({ signal }) => fetchEndpoint(workspace, given.id, signal),
    initialData: given,
    ...pollWhile(true, active ? 2_000 : 5_000),
  });
  const to = rollBackTarget(endpoint, active);
  const releaseBlocked = rights.release ?? (active ? "A rollout is under way on this endpoint." : undefined);
  const backBlocked = rights.release ?? (to === null ? "No earlier version is known to go back to." : undefined);
  const reasons = [...new Set([releaseBlocked, backBlocked].filter((reason) => reason !== undefined))];
  return (
    <Page crumbs={[{ label: "Endpoints", href: endpointsHref(workspace, endpoint.environment) }, { label: endpoint.name }]} environment>
      <PageHeader
        title={titleOf(endpoint)}
        status={<><Status status={endpointStatusView(endpoint)} />{endpoint.isAnonymous && <Tag>no token asked</Tag>}</>}
        lead={endpoint.description ?? undefined}
        meta={metaOf(workspace, endpoint)}
        actions={
          <span className="grid justify-items-end gap-1">
            <span className="flex flex-wrap gap-1.5">
              <Button icon="undo" disabled={backBlocked !== undefined} onClick={() => setOpen("rollback")}>{to === null ? "Roll back" : `Roll back to v${to}`}</Button>
              <Button variant="primary" icon="ramp" disabled={releaseBlocked !== undefined} onClick={() => setOpen("release")}>Release a version…</Button>
            </span>
            {reasons.map((reason) => <span key={reason} className="max-w-80 text-right text-sm text-fg-3">{reason}</span>)}
          </span>
        }
      />
      {isError && <Notice tone="warn" className="mb-3.5" title={`As of ${new Date(dataUpdatedAt).toLocaleTimeString()}.`}>Slipway does not answer at the moment; the gateways go on with the route that they know.</Notice>}
      {endpoint.appliedBy.live === 0 && endpoint.route !== null && <Notice tone="crit" className="mb-3.5" title="No gateway is running.">Nobody answers at this address until one starts.</Notice>}
      <Tabs
        label={endpoint.name}
        items={[{ label: "Traffic", value: "traffic" }, { label: "Versions", value: "versions" }, { label: "Calls", value: "calls" }, { label: "Use it", value: "use" }, { label: "Settings", value: "settings" }]}
      />
      <TabContent {...props} endpoint={endpoint} active={active} />
      <StartRolloutDialog workspace={workspace} endpoint={endpoint.name} environment={endpoint.environment} isProduction={endpoint.isProduction} model={endpoint.model} stable={endpoint.stable?.number ?? null} open={open === "release"} onOpenChange={(isOpen) => setOpen(isOpen ? "release" : null)} />
      {to !== null && <RollBackDialog workspace={workspace} endpoint={endpoint} active={active} to={to} open={open === "rollback"} onOpenChange={(isOpen) => setOpen(isOpen ? "rollback" : null)} />}
    </Page>
  );
}

const metaOf = (workspace: string, endpoint: EndpointView): KeyValue[] => [
  { label: "Model", value: <TextLink quiet href={modelHref(workspace, endpoint.model)}>{endpoint.model}</TextLink> },
  { label: "Environment", value: endpoint.environment },
  { label: "Runtime", value: endpoint.runtime },
  ...(endpoint.route ? [{ label: "Route", value: <span className={isLagging(endpoint) ? "tone-warn text-tone" : undefined}>#{endpoint.route.number}, {appliedText(endpoint)}</span> }] : []),
  ...(endpoint.championAlias === null ? [] : [{ label: "Moves", value: `@${endpoint.championAlias}` }]),
  { label: "Created", value: <><Time value={endpoint.createdAt} /> by {endpoint.createdBy}</> },
];

function TabContent({ workspace, endpoint, routes, deployments, active, signature, rights }: EndpointScreenProps) {
  switch (useSearchParams().get("tab")) {
    case "versions": return <DeploymentsTable workspace={workspace} endpoint={endpoint} initial={deployments} />;
    case "calls": return <CallsTable workspace={workspace} endpoint={endpoint.id} example={curlExample({ url: endpoint.url, isAnonymous: endpoint.isAnonymous, signature })} />;
    case "use": return <UseItPanel workspace={workspace} endpoint={endpoint} signature={signature} />;
    case "settings": return <SettingsPanel workspace={workspace} endpoint={endpoint} blocked={rights.write} hasActiveRollout={active !== null} />;
    default:
      return (
        <PageColumns rail={<ActiveRolloutPanel workspace={workspace} rollout={active} />}>
          <CurrentRoutePanel endpoint={endpoint} />
          <RouteHistory workspace={workspace} endpoint={endpoint} initial={routes} />
        </PageColumns>
      );
  }
}
