"use client";

import { DataTable } from "@/components/patterns/data-table";
import { EmptyState } from "@/components/patterns/states";
import { TrafficBar } from "@/components/patterns/traffic-bar";
import { useCursorList } from "@/components/patterns/use-cursor-list";
import { isRolloutLive, rolloutHref } from "@/components/rollouts/queries";
import { Status } from "@/components/ui/chip";
import { KeyValues } from "@/components/ui/key-values";
import { TextLink } from "@/components/ui/link";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import type { StatusView } from "@/components/ui/tone";
import type { Page } from "@/lib/http/api-client";
import { type RolloutSummary, rolloutStatusView } from "@/lib/rollouts";
import type { EndpointView, RouteView } from "@/lib/serving";
import { appliedText, armsOf, isLagging, readinessView, trafficText } from "./present";
import { fetchRoutes, servingKeys } from "./queries";

/** The route of now: who gets how much, and which gateways apply it. */
export function CurrentRoutePanel({ endpoint }: { endpoint: EndpointView }) {
  const { route, previous, warmUntil } = endpoint;
  if (route === null) {
    return (
      <Panel aria-label="Traffic">
        <PanelHeader title="Traffic" />
        <EmptyState kind="never" icon="server" title="No route yet">Release a version: the gateways learn of it within a second and callers get answers at this address.</EmptyState>
      </Panel>
    );
  }
  return (
    <Panel aria-label="Traffic">
      <PanelHeader title="Traffic" note={`route #${route.number}`}><span className={isLagging(endpoint) ? "tone-warn text-sm text-tone" : "text-sm text-fg-3"}>{appliedText(endpoint)}</span></PanelHeader>
      <PanelBody className="grid gap-3">
        <TrafficBar size="lg" legend arms={armsOf(route)} mirror={{ label: route.mirror === null ? "shadow" : `v${route.mirror} shadow`, value: route.mirrorBp > 0 ? `${route.mirrorBp / 100} %` : "off" }} />
        <KeyValues
          align="left"
          items={[
            { label: "Why", value: route.reason },
            { label: "Since", value: <Time value={route.createdAt} /> },
            ...(endpoint.stable ? [{ label: `v${endpoint.stable.number}`, value: <Status status={readinessView(endpoint.stable.readiness)} bare /> }] : []),
            ...(previous ? [{ label: "Before", value: <>v{previous.number}{warmUntil === null ? ", unloaded" : <>, kept warm until <Time value={warmUntil} /></>}</> }] : []),
          ]}
        />
      </PanelBody>
    </Panel>
  );
}

/** The rollout under way on the endpoint, if any. */
export function ActiveRolloutPanel({ workspace, rollout }: { workspace: string; rollout: RolloutSummary | null }) {
  return (
    <Panel aria-label="Rollout">
      <PanelHeader title="Rollout" />
      <PanelBody className="grid gap-2">
        {rollout === null || !isRolloutLive(rollout) ? <p className="text-fg-2">None is under way.</p> : (
          <>
            <span><Status status={rolloutStatusView(rollout) as StatusView} /></span>
            {rollout.reason !== null && <p className="text-sm text-fg-2">{rollout.reason}</p>}
            <TextLink href={rolloutHref(workspace, rollout.id)}>{rollout.from === null ? "" : `v${rollout.from} → `}v{rollout.to}, started by {rollout.createdBy}</TextLink>
          </>
        )}
      </PanelBody>
    </Panel>
  );
}

/** Every route that the endpoint had, with its reason. */
export function RouteHistory({ workspace, endpoint, initial }: { workspace: string; endpoint: EndpointView; initial: Page<RouteView> }) {
  const list = useCursorList({ queryKey: servingKeys.routes(workspace, endpoint.id), fetchPage: (cursor, signal) => fetchRoutes(workspace, endpoint.id, cursor, signal), initialPage: initial, refetchIntervalMs: 5_000 });
  return (
    <section aria-label="Route history" className="min-w-0">
      <h2 className="mb-1.5 text-base font-semibold">Route history</h2>
      <DataTable
        label="Routes, newest first"
        what="routes"
        rowKey={(route) => String(route.number)}
        cards
        columns={[
          { id: "number", header: "Route", width: "80px", phone: "bare", cell: (route) => <b className="font-medium">#{route.number}</b> },
          { id: "traffic", header: "Traffic", width: "180px", phone: "bare", cell: (route) => <span>{trafficText({ route, stable: null })}{route.mirrorBp > 0 && `, shadow v${route.mirror ?? "?"} ${route.mirrorBp / 100} %`}</span> },
          { id: "reason", header: "Why", phone: "full", cell: (route) => <span className="text-fg-2">{route.reason}</span> },
          { id: "rollout", header: "Rollout", width: "90px", phone: "hide", cell: (route) => (route.rolloutId === null ? <span className="text-fg-3">none</span> : <TextLink href={rolloutHref(workspace, route.rolloutId)} aria-label={`Rollout of route ${route.number}`}>Open</TextLink>) },
          { id: "at", header: "Since", align: "right", width: "120px", phone: "full", cell: (route) => <Time value={route.createdAt} /> },
        ]}
        empty={<EmptyState kind="never" icon="server" title="No route yet. The first rollout makes one." />}
        {...list}
      />
    </section>
  );
}
