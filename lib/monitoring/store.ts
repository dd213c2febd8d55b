import { Prisma, type Tx } from "@/lib/platform/db";

import type { ProfileRow } from "./store-counts";

export type MonitorRow = Prisma.MonitorGetPayload<object>;
export type ResultRow = Prisma.MonitorResultGetPayload<object>;
export type ReferenceRow = Prisma.ReferenceGetPayload<object>;
export const toJson = (value: unknown): Prisma.InputJsonValue => value as Prisma.InputJsonValue;

// ---- monitors
export const listDueMonitors = (tx: Tx, now: Date, limit: number) => tx.monitor.findMany({ where: { isEnabled: true, nextEvaluationAt: { lte: now } }, select: { id: true }, orderBy: { nextEvaluationAt: "asc" }, take: limit });

/** Locks a monitor for evaluation, or returns null while another evaluates it. */
export const lockMonitor = async (tx: Tx, id: string): Promise<MonitorRow | null> => {
  const rows = await tx.$queryRaw<{ id: string }[]>`SELECT id FROM monitor WHERE id = ${id}::uuid FOR UPDATE SKIP LOCKED`;
  return rows.length === 0 ? null : tx.monitor.findUnique({ where: { id } });
};
export const lockMonitorOf = async (tx: Tx, workspaceId: string, id: string): Promise<MonitorRow | null> => {
  await tx.$queryRaw`SELECT 1 FROM monitor WHERE workspace_id = ${workspaceId}::uuid AND id = ${id}::uuid FOR UPDATE`;
  return tx.monitor.findFirst({ where: { workspaceId, id } });
};
export const findMonitor = (tx: Tx, workspaceId: string, id: string) => tx.monitor.findFirst({ where: { workspaceId, id } });
export const listMonitorRows = (tx: Tx, workspaceId: string, endpointIds: string[]) => tx.monitor.findMany({ where: { workspaceId, endpointId: { in: endpointIds } }, orderBy: [{ createdAt: "asc" }, { id: "asc" }] });
export const insertMonitor = (tx: Tx, data: Prisma.MonitorUncheckedCreateInput) => tx.monitor.create({ data });
export const updateMonitorRow = (tx: Tx, id: string, data: Prisma.MonitorUncheckedUpdateInput) => tx.monitor.update({ where: { id }, data });
export const deleteMonitorRow = (tx: Tx, id: string) => tx.monitor.delete({ where: { id } });
export const setGrain = (tx: Tx, endpointId: string, grainSeconds: number) => tx.endpoint.update({ where: { id: endpointId }, data: { profileGrainSeconds: grainSeconds } });
export const findWorkspace = (tx: Tx, id: string) => tx.workspace.findUniqueOrThrow({ where: { id }, select: { id: true, name: true } });

// ---- results
export const upsertResult = (tx: Tx, row: Prisma.MonitorResultUncheckedCreateInput) => {
  const { monitorId, windowStart, ...data } = row;
  return tx.monitorResult.upsert({ where: { monitorId_windowStart: { monitorId, windowStart } }, create: row, update: data });
};
export const listNewestResults = (tx: Tx, monitorId: string, take: number) => tx.monitorResult.findMany({ where: { monitorId }, orderBy: { windowStart: "desc" }, take });
/** Results that say something, newest first: neither no data nor too few rows. */
export const listEvaluatedResults = (tx: Tx, monitorId: string, upTo: Date, take: number) =>
  tx.monitorResult.findMany({ where: { monitorId, windowStart: { lte: upTo }, status: { in: ["OK", "WARNING", "CRITICAL"] } }, orderBy: { windowStart: "desc" }, take });
export const listResultsBetween = (tx: Tx, monitorId: string, from: Date, to: Date, take: number) => tx.monitorResult.findMany({ where: { monitorId, windowStart: { gte: from, lt: to } }, orderBy: { windowStart: "asc" }, take });
export const listResultsPage = (tx: Tx, monitorId: string, before: Date | undefined, limit: number) =>
  tx.monitorResult.findMany({ where: { monitorId, ...(before ? { windowStart: { lt: before } } : {}) }, orderBy: { windowStart: "desc" }, take: limit + 1 });
export const listLatestResults = (tx: Tx, monitorIds: string[]): Promise<ResultRow[]> =>
  monitorIds.length === 0
    ? Promise.resolve([])
    : tx.$queryRaw`
      SELECT r.monitor_id AS "monitorId", r.window_start AS "windowStart", r.workspace_id AS "workspaceId", r.window_end AS "windowEnd", r.version_id AS "versionId", r.reference_id AS "referenceId",
        r.revision, r.status, r.value, r.lower, r.upper, r.rows, r.reason, r.details, r.computed_at AS "computedAt"
      FROM unnest(${monitorIds}::uuid[]) AS m(id) CROSS JOIN LATERAL (SELECT * FROM monitor_result WHERE monitor_id = m.id ORDER BY window_start DESC LIMIT 1) r`;

// ---- profiles by time
const profileColumns = Prisma.sql`id, workspace_id AS "workspaceId", endpoint_id AS "endpointId", version_id AS "versionId", arm, window_start AS "windowStart", grain_seconds AS "grainSeconds",
  reference_id AS "referenceId", revision, requests, errors, profiled, labelled, latency`;

/** Profiles of an endpoint's stable arm that lie within [from, to), oldest first; `parts` says which of their documents to read. */
export const readStableProfiles = (tx: Tx, endpointId: string, from: Date, to: Date, parts: { features: boolean }): Promise<ProfileRow[]> =>
  tx.$queryRaw`
    SELECT ${profileColumns}, ${parts.features ? Prisma.sql`counts` : Prisma.sql`counts || '{"features":{}}'::jsonb AS counts`}, performance FROM window_profile
    WHERE endpoint_id = ${endpointId}::uuid AND arm = 'stable' AND window_start >= ${from} AND window_start < ${to} AND window_start + grain_seconds * interval '1 second' <= ${to}
    ORDER BY window_start, version_id, grain_seconds`;

/** Starts of the profiles that changed since a time. */
export const listChangedStarts = async (tx: Tx, endpointId: string, from: Date, to: Date, changedSince: Date): Promise<Date[]> => {
  const rows = await tx.windowProfile.findMany({ where: { endpointId, arm: "stable", windowStart: { gte: from, lt: to }, updatedAt: { gte: changedSince } }, select: { windowStart: true }, orderBy: { windowStart: "asc" } });
  return rows.map((row) => row.windowStart);
};
/** When the first profiled window of an endpoint begins, from a time on. */
export const findFirstWindow = async (tx: Tx, endpointId: string, from: Date): Promise<Date | undefined> =>
  (await tx.windowProfile.findFirst({ where: { endpointId, arm: "stable", windowStart: { gte: from } }, select: { windowStart: true }, orderBy: { windowStart: "asc" } }))?.windowStart;
export const findLastSeen = async (tx: Tx, endpointIds: string[]): Promise<Map<string, Date>> => {
  if (endpointIds.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ endpointId: string; at: Date }[]>`SELECT endpoint_id AS "endpointId", max(last_at) AS at FROM arm_stats WHERE endpoint_id = ANY(${endpointIds}::uuid[]) AND arm <> 'shadow' GROUP BY 1`;
  return new Map(rows.map((row) => [row.endpointId, row.at]));
};
export const sumRecent = async (tx: Tx, endpointIds: string[], from: Date): Promise<Map<string, { requests: number; labelled: number }>> => {
  if (endpointIds.length === 0) return new Map();
  const rows = await tx.windowProfile.groupBy({ by: ["endpointId"], where: { endpointId: { in: endpointIds }, windowStart: { gte: from }, arm: { not: "shadow" } }, _sum: { requests: true, labelled: true } });
  return new Map(rows.map((row) => [row.endpointId, { requests: row._sum.requests ?? 0, labelled: row._sum.labelled ?? 0 }]));
};

// ---- versions and references
export type Serving = { versionId: string; fromAt: Date; toAt: Date | null };
export const listServing = (tx: Tx, endpointId: string, from: Date, to: Date): Promise<Serving[]> =>
  tx.deployment.findMany({ where: { endpointId, role: "stable", fromAt: { lt: to }, OR: [{ toAt: null }, { toAt: { gt: from } }] }, select: { versionId: true, fromAt: true, toAt: true }, orderBy: { fromAt: "asc" } });
export const listReferencePins = (tx: Tx, versionIds: string[], from: Date, to: Date) => tx.reference.findMany({ where: { versionId: { in: versionIds }, createdAt: { gte: from, lt: to } }, select: { versionId: true, createdAt: true }, orderBy: { createdAt: "asc" } });
export const findCurrentReference = (tx: Tx, versionId: string) => tx.reference.findFirst({ where: { versionId, supersededAt: null } });
export const lockVersionRow = (tx: Tx, versionId: string) => tx.$queryRaw`SELECT 1 FROM model_version WHERE id = ${versionId}::uuid FOR UPDATE`;
export const supersedeReference = (tx: Tx, versionId: string, now: Date) => tx.reference.updateMany({ where: { versionId, supersededAt: null }, data: { supersededAt: now } });
export const insertReference = (tx: Tx, data: Prisma.ReferenceUncheckedCreateInput) => tx.reference.create({ data });
export const findPeopleNames = async (tx: Tx, ids: string[]): Promise<Map<string, string>> => new Map((await tx.user.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } })).map((user) => [user.id, user.name]));

export type WatchedEndpoint = Prisma.EndpointGetPayload<{ include: { environment: true; model: { select: { name: true } } } }>;
export const listWatched = (tx: Tx, workspaceId: string, environment: string | undefined): Promise<WatchedEndpoint[]> =>
  tx.endpoint.findMany({ where: { workspaceId, deletedAt: null, ...(environment ? { environment: { name: environment } } : {}) }, include: { environment: true, model: { select: { name: true } } }, orderBy: { name: "asc" }, take: 500 });
export const findWatched = (tx: Tx, workspaceId: string, ids: string[]): Promise<WatchedEndpoint[]> => tx.endpoint.findMany({ where: { workspaceId, id: { in: ids } }, include: { environment: true, model: { select: { name: true } } } });
