import { AppError, must } from "@/lib/core/errors";
import { formatId } from "@/lib/core/ids";
import { recordChange } from "@/lib/audit/server";
import type { Context } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { type EndpointRow, findRoute, insertRoute, listLiveGateways, notifyRoute, type RouteRow, updateEndpointRow, versionNumbers } from "./store";

/** Seconds after its last sign of life in which a gateway process still counts as live. */
export const gatewayLiveSeconds = 6;

export type RouteChange = {
  stableVersionId: string | null;
  candidateVersionId: string | null;
  candidateWeightBp: number;
  mirrorVersionId: string | null;
  mirrorBp: number;
  salt: string;
  rolloutId: string | null;
  stepIndex: number | null;
  reason: string;
  /** Makes a new revision even for the same traffic, so that its counts start at zero. */
  isFresh?: boolean;
};

const sameTraffic = (a: RouteRow, b: RouteChange): boolean =>
  a.stableVersionId === b.stableVersionId && a.candidateVersionId === b.candidateVersionId && a.candidateWeightBp === b.candidateWeightBp && a.mirrorVersionId === b.mirrorVersionId && a.mirrorBp === b.mirrorBp && a.salt === b.salt;

/**
 * Publishes the route of a locked endpoint: a new append-only revision, its audit event, and the wake-up of the
 * gateways, in the caller's transaction. The same traffic again is the same revision. Weights are set absolutely.
 */
export const publishRoute = async (tx: Tx, ctx: Context, now: Date, endpoint: EndpointRow, { isFresh, ...change }: RouteChange): Promise<RouteRow> => {
  if (change.candidateWeightBp > 0 && !change.candidateVersionId) throw new AppError("internal", "serving.weight_without_candidate", "A weight needs a candidate version.");
  const current = endpoint.routeNumber > 0 ? await findRoute(tx, endpoint.id, endpoint.routeNumber) : null;
  if (current && isFresh !== true && sameTraffic(current, change)) return current;
  const route = await insertRoute(tx, { workspaceId: ctx.workspace.id, endpointId: endpoint.id, number: endpoint.routeNumber + 1, createdAt: now, ...change });
  await updateEndpointRow(tx, endpoint.id, { routeNumber: route.number, updatedAt: now });
  const numbers = await versionNumbers(tx, ctx.workspace.id, [change.stableVersionId, change.candidateVersionId, change.mirrorVersionId, current?.stableVersionId ?? null, current?.candidateVersionId ?? null, current?.mirrorVersionId ?? null]);
  const describe = (row: Pick<RouteRow, "stableVersionId" | "candidateVersionId" | "candidateWeightBp" | "mirrorVersionId" | "mirrorBp">) => ({
    stable: row.stableVersionId ? `v${String(numbers.get(row.stableVersionId))}` : null,
    candidate: row.candidateVersionId ? `v${String(numbers.get(row.candidateVersionId))}` : null,
    candidateWeightBp: row.candidateWeightBp,
    mirror: row.mirrorVersionId ? `v${String(numbers.get(row.mirrorVersionId))}` : null,
    mirrorBp: row.mirrorBp,
  });
  await recordChange(tx, ctx, now, {
    action: "route.publish",
    target: { type: "endpoint", id: formatId("endpoint", endpoint.id), name: endpoint.name },
    reason: change.reason,
    change: { ...(current ? { before: { route: current.number, ...describe(current) } } : {}), after: { route: route.number, ...describe(route) } },
  });
  await notifyRoute(tx, route.revision);
  return route;
};

export type RouteAcknowledgement = { live: number; applied: number; isApplied: boolean };

/** How many live gateway processes apply `revision`; a route is applied when at least one is live and all of them do. */
export const readAcknowledgement = async (tx: Tx, now: Date, revision: bigint): Promise<RouteAcknowledgement> => {
  const processes = await listLiveGateways(tx, now, gatewayLiveSeconds);
  const applied = processes.filter((process) => process.appliedRevision >= revision).length;
  return { live: processes.length, applied, isApplied: processes.length > 0 && applied === processes.length };
};

/** The route that an endpoint has now. */
export const currentRoute = async (tx: Tx, endpoint: EndpointRow): Promise<RouteRow | null> =>
  endpoint.routeNumber === 0 ? null : must(await findRoute(tx, endpoint.id, endpoint.routeNumber), "the endpoint's current route");
