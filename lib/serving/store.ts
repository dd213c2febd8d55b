import { type Prisma, type Tx } from "@/lib/platform/db";

/** Endpoint as the services need it, with the names around it. */
export const endpointInclude = {
  environment: true,
  runtime: true,
  model: { select: { id: true, name: true } },
} satisfies Prisma.EndpointInclude;

export type EndpointRow = Prisma.EndpointGetPayload<{ include: typeof endpointInclude }>;
export type RouteRow = Prisma.RouteRevisionGetPayload<object>;

export const findEnvironmentRow = (tx: Tx, workspaceId: string, name: string) => tx.environment.findUnique({ where: { workspaceId_name: { workspaceId, name } } });
export const listEnvironmentRows = (tx: Tx, workspaceId: string) => tx.environment.findMany({ where: { workspaceId }, orderBy: { position: "asc" } });
export const findRuntimeRow = (tx: Tx, workspaceId: string, name: string) => tx.runtime.findUnique({ where: { workspaceId_name: { workspaceId, name } } });
export const listRuntimeRows = (tx: Tx, workspaceId: string) => tx.runtime.findMany({ where: { workspaceId }, orderBy: { name: "asc" } });
export const listRuntimeModelRows = (tx: Tx, workspaceId: string, runtimeIds: string[]) => tx.runtimeModel.findMany({ where: { workspaceId, runtimeId: { in: runtimeIds } } });
export const findModelRow = (tx: Tx, workspaceId: string, name: string) => tx.registeredModel.findUnique({ where: { workspaceId_name: { workspaceId, name } }, select: { id: true, name: true } });

export const findEndpointById = (tx: Tx, workspaceId: string, id: string) => tx.endpoint.findFirst({ where: { workspaceId, id, deletedAt: null }, include: endpointInclude });
export const findEndpointByName = (tx: Tx, workspaceId: string, environment: string, name: string) =>
  tx.endpoint.findFirst({ where: { workspaceId, name, deletedAt: null, environment: { name: environment } }, include: endpointInclude });

/** Locks an endpoint's row until the transaction ends, so that one writer at a time changes its route and pointers. */
export const lockEndpoint = async (tx: Tx, workspaceId: string, id: string): Promise<EndpointRow | null> => {
  await tx.$queryRaw`SELECT 1 FROM endpoint WHERE workspace_id = ${workspaceId}::uuid AND id = ${id}::uuid FOR UPDATE`;
  return findEndpointById(tx, workspaceId, id);
};

export type EndpointFilter = { environment?: string | undefined; model?: string | undefined; q?: string | undefined; after?: { name: string; id: string } | undefined; limit: number };

export const listEndpointRows = (tx: Tx, workspaceId: string, filter: EndpointFilter) =>
  tx.endpoint.findMany({
    where: {
      workspaceId,
      deletedAt: null,
      ...(filter.environment ? { environment: { name: filter.environment } } : {}),
      ...(filter.model ? { model: { name: filter.model } } : {}),
      ...(filter.q ? { name: { contains: filter.q, mode: "insensitive" } } : {}),
      ...(filter.after ? { OR: [{ name: { gt: filter.after.name } }, { name: filter.after.name, id: { gt: filter.after.id } }] } : {}),
    },
    include: endpointInclude,
    orderBy: [{ name: "asc" }, { id: "asc" }],
    take: filter.limit + 1,
  });

export const insertEndpoint = (tx: Tx, data: Prisma.EndpointUncheckedCreateInput) => tx.endpoint.create({ data, include: endpointInclude });
export const updateEndpointRow = (tx: Tx, id: string, data: Prisma.EndpointUncheckedUpdateInput) => tx.endpoint.update({ where: { id }, data, include: endpointInclude });

export const hasActiveRollout = async (tx: Tx, endpointId: string): Promise<boolean> => (await tx.rollout.count({ where: { endpointId, endedAt: null } })) > 0;

/** Revisions become visible in their order: a gateway that applies the newest one it sees must not have missed an older one that is still uncommitted. */
export const insertRoute = async (tx: Tx, data: Prisma.RouteRevisionUncheckedCreateInput) => {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('slipway.route'))`;
  return tx.routeRevision.create({ data });
};
export const findRoute = (tx: Tx, endpointId: string, number: number) => tx.routeRevision.findUnique({ where: { endpointId_number: { endpointId, number } } });
export const listRouteRows = (tx: Tx, endpointId: string, before: number | undefined, limit: number) =>
  tx.routeRevision.findMany({ where: { endpointId, ...(before === undefined ? {} : { number: { lt: before } }) }, orderBy: { number: "desc" }, take: limit + 1 });
export const findRoutesOf = (tx: Tx, endpoints: { id: string; routeNumber: number }[]) =>
  endpoints.length === 0 ? Promise.resolve([]) : tx.routeRevision.findMany({ where: { OR: endpoints.map(({ id, routeNumber }) => ({ endpointId: id, number: routeNumber })) } });
export const notifyRoute = (tx: Tx, revision: bigint) => tx.$executeRaw`SELECT pg_notify('slipway_route', ${revision.toString()})`;

export const versionNumbers = async (tx: Tx, workspaceId: string, ids: (string | null)[]): Promise<Map<string, number>> => {
  const wanted = [...new Set(ids.filter((id): id is string => id !== null))];
  const rows = wanted.length === 0 ? [] : await tx.modelVersion.findMany({ where: { workspaceId, id: { in: wanted } }, select: { id: true, number: true } });
  return new Map(rows.map((row) => [row.id, row.number]));
};

/** Model and number of versions by their id. */
export const versionNames = async (tx: Tx, workspaceId: string, ids: string[]): Promise<Map<string, { model: string; number: number }>> => {
  const rows = ids.length === 0 ? [] : await tx.modelVersion.findMany({ where: { workspaceId, id: { in: ids } }, select: { id: true, number: true, model: { select: { name: true } } } });
  return new Map(rows.map(({ id, number, model }) => [id, { model: model.name, number }]));
};

export const openDeployment = (tx: Tx, data: Prisma.DeploymentUncheckedCreateInput) => tx.deployment.create({ data });
export const closeDeployments = (tx: Tx, endpointId: string, role: string, now: Date, exceptVersionId?: string) =>
  tx.deployment.updateMany({ where: { endpointId, role, toAt: null, ...(exceptVersionId ? { versionId: { not: exceptVersionId } } : {}) }, data: { toAt: now } });
export const findOpenDeployment = (tx: Tx, endpointId: string, role: string, versionId: string) => tx.deployment.findFirst({ where: { endpointId, role, versionId, toAt: null } });
export const findLastDeployment = (tx: Tx, endpointId: string, role: string, versionId: string) => tx.deployment.findFirst({ where: { endpointId, role, versionId }, orderBy: { fromAt: "desc" } });
export const listDeploymentRows = (tx: Tx, endpointId: string, after: { fromAt: Date; id: string } | undefined, limit: number) =>
  tx.deployment.findMany({
    where: { endpointId, ...(after ? { OR: [{ fromAt: { lt: after.fromAt } }, { fromAt: after.fromAt, id: { lt: after.id } }] } : {}) },
    orderBy: [{ fromAt: "desc" }, { id: "desc" }],
    take: limit + 1,
  });

/** Processes that told of themselves within the last `liveSeconds`, with the revision that each applies. */
export const listLiveGateways = (tx: Tx, now: Date, liveSeconds: number) => tx.gatewayProcess.findMany({ where: { lastSeenAt: { gt: new Date(now.getTime() - liveSeconds * 1000) } } });

export const upsertRuntimeModel = (tx: Tx, key: { workspaceId: string; runtimeId: string; versionId: string }, patch: { isWanted?: boolean; state?: string; reason?: string | null; probedAt?: Date; readyAt?: Date | null }, now: Date) =>
  tx.runtimeModel.upsert({
    where: { runtimeId_versionId: { runtimeId: key.runtimeId, versionId: key.versionId } },
    create: { ...key, isWanted: true, state: "LOADING", ...patch, updatedAt: now },
    update: { ...patch, updatedAt: now },
  });
export const findRuntimeModel = (tx: Tx, runtimeId: string, versionId: string) => tx.runtimeModel.findUnique({ where: { runtimeId_versionId: { runtimeId, versionId } } });
export const deleteRuntimeModel = (tx: Tx, runtimeId: string, versionId: string) => tx.runtimeModel.deleteMany({ where: { runtimeId, versionId, isWanted: false } });

/** Every runtime with the versions that it holds or should hold; the worker's list of work. */
export const listRuntimesWithModels = (tx: Tx) => tx.runtime.findMany({ orderBy: { id: "asc" } }).then(async (runtimes) => ({ runtimes, models: await tx.runtimeModel.findMany() }));

/** Versions that some endpoint of the runtime serves, mirrors, releases or keeps warm. */
export const listNeededVersions = (tx: Tx, runtimeId: string, now: Date) =>
  tx.$queryRaw<{ workspaceId: string; versionId: string }[]>`
    SELECT DISTINCT e.workspace_id AS "workspaceId", v.id AS "versionId"
    FROM endpoint e
    LEFT JOIN route_revision r ON r.endpoint_id = e.id AND r.number = e.route_number
    LEFT JOIN rollout o ON o.endpoint_id = e.id AND o.ended_at IS NULL AND o.phase <> 'PENDING'
    CROSS JOIN LATERAL (VALUES (e.stable_version_id), (r.stable_version_id), (r.candidate_version_id), (r.mirror_version_id), (o.to_version_id),
      (CASE WHEN e.warm_until > ${now} THEN e.previous_version_id END)) AS v(id)
    WHERE e.runtime_id = ${runtimeId}::uuid AND e.deleted_at IS NULL AND v.id IS NOT NULL`;

/** What a runtime was last seen to say of a version; not known yet counts as loading. */
export const findRuntimeModelState = async (tx: Tx, runtimeId: string, versionId: string): Promise<{ state: "ready" | "loading" | "failed"; reason?: string }> => {
  const row = await findRuntimeModel(tx, runtimeId, versionId);
  if (row?.state === "READY") return { state: "ready" };
  return row?.state === "UNAVAILABLE" ? { state: "failed", reason: row.reason ?? "The runtime does not serve the version." } : { state: "loading" };
};
