import { formatId } from "@/lib/core/ids";

import type { DeploymentView, EndpointView, RouteView } from "./schema";
import type { RouteAcknowledgement } from "./routes";
import type { EndpointRow, RouteRow } from "./store";

export type Readiness = (versionId: string) => string | null;

export const toRouteView = (route: RouteRow, numbers: Map<string, number>): RouteView => ({
  number: route.number,
  stable: route.stableVersionId ? (numbers.get(route.stableVersionId) ?? null) : null,
  candidate: route.candidateVersionId ? (numbers.get(route.candidateVersionId) ?? null) : null,
  candidateWeightBp: route.candidateWeightBp,
  mirror: route.mirrorVersionId ? (numbers.get(route.mirrorVersionId) ?? null) : null,
  mirrorBp: route.mirrorBp,
  reason: route.reason,
  createdAt: route.createdAt.toISOString(),
  rolloutId: route.rolloutId ? formatId("rollout", route.rolloutId) : null,
});

export const toEndpointView = (
  endpoint: EndpointRow,
  { route, numbers, readiness, acknowledgement, gatewayUrl, workspace, now }: { route: RouteRow | null; numbers: Map<string, number>; readiness: Readiness; acknowledgement: RouteAcknowledgement; gatewayUrl: string; workspace: string; now: Date },
): EndpointView => {
  const ref = (id: string | null) => (id ? { id: formatId("version", id), number: numbers.get(id) ?? 0, readiness: readiness(id) } : null);
  const isWarm = endpoint.warmUntil !== null && endpoint.warmUntil > now;
  return {
    id: formatId("endpoint", endpoint.id),
    name: endpoint.name,
    environment: endpoint.environment.name,
    isProduction: endpoint.environment.isProduction,
    model: endpoint.model.name,
    runtime: endpoint.runtime.name,
    description: endpoint.description,
    championAlias: endpoint.championAlias,
    isAnonymous: endpoint.isAnonymous,
    timeoutMs: endpoint.timeoutMs,
    stable: ref(endpoint.stableVersionId),
    previous: ref(endpoint.previousVersionId),
    warmUntil: isWarm && endpoint.warmUntil ? endpoint.warmUntil.toISOString() : null,
    route: route ? toRouteView(route, numbers) : null,
    appliedBy: { applied: acknowledgement.applied, live: acknowledgement.live },
    url: `${gatewayUrl}/w/${workspace}/${endpoint.environment.name}/v2/models/${endpoint.name}/infer`,
    createdBy: endpoint.createdBy,
    createdAt: endpoint.createdAt.toISOString(),
  };
};

export const toDeploymentView = (row: { id: string; versionId: string; role: string; fromAt: Date; toAt: Date | null; rolloutId: string | null }, numbers: Map<string, number>): DeploymentView => ({
  id: formatId("deployment", row.id),
  version: numbers.get(row.versionId) ?? 0,
  role: row.role,
  from: row.fromAt.toISOString(),
  to: row.toAt?.toISOString() ?? null,
  rolloutId: row.rolloutId ? formatId("rollout", row.rolloutId) : null,
});
