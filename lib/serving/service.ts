import { recordChange } from "@/lib/audit/server";
import { AppError } from "@/lib/core/errors";
import { formatId, newId, tryParseId } from "@/lib/core/ids";
import { decodeCursor, encodeCursor, type Page, toPage } from "@/lib/core/pagination";
import { authorize } from "@/lib/identity/server";
import { actorName, type Context, transact } from "@/lib/platform/context";
import { isUniqueViolation, type Tx } from "@/lib/platform/db";

import { currentRoute, gatewayLiveSeconds } from "./routes";
import type { DeploymentView, EndpointCreate, EndpointUpdate, EndpointView, EnvironmentView, RouteView, RuntimeView } from "./schema";
import * as store from "./store";
import { listServersOfRuntimes } from "./store-servers";
import { toDeploymentView, toEndpointView, toRouteView } from "./view";

/** Finds an endpoint by `end_…` id or by name within `environment`; raises not_found. */
export const requireEndpoint = async (tx: Tx, ctx: Context, endpoint: string, environment = "production"): Promise<store.EndpointRow> => {
  const id = tryParseId("endpoint", endpoint);
  const row = id ? await store.findEndpointById(tx, ctx.workspace.id, id) : await store.findEndpointByName(tx, ctx.workspace.id, environment, endpoint);
  if (!row) throw new AppError("not_found", "endpoint.not_found", id ? "There is no such endpoint in this workspace." : `There is no endpoint "${endpoint}" in the environment ${environment}.`);
  return row;
};

/** Finds an environment of the workspace by name; raises not_found. */
export const requireEnvironment = async (tx: Tx, workspaceId: string, name: string) => {
  const row = await store.findEnvironmentRow(tx, workspaceId, name);
  if (!row) throw new AppError("not_found", "environment.not_found", `There is no environment "${name}" in this workspace.`);
  return row;
};

const describe = async (tx: Tx, ctx: Context, rows: store.EndpointRow[], now: Date): Promise<EndpointView[]> => {
  const routes = await store.findRoutesOf(tx, rows.filter((row) => row.routeNumber > 0));
  const numbers = await store.versionNumbers(tx, ctx.workspace.id, [...rows.flatMap((row) => [row.stableVersionId, row.previousVersionId]), ...routes.flatMap((route) => [route.stableVersionId, route.candidateVersionId, route.mirrorVersionId])]);
  const held = await store.listRuntimeModelRows(tx, ctx.workspace.id, [...new Set(rows.map((row) => row.runtimeId))]);
  const processes = await store.listLiveGateways(tx, now, gatewayLiveSeconds);
  return rows.map((row) => {
    const route = routes.find((candidate) => candidate.endpointId === row.id) ?? null;
    const applied = processes.filter((process) => route !== null && process.appliedRevision >= route.revision).length;
    return toEndpointView(row, {
      route,
      numbers,
      readiness: (versionId) => held.find((model) => model.runtimeId === row.runtimeId && model.versionId === versionId)?.state ?? null,
      acknowledgement: { live: processes.length, applied, isApplied: applied === processes.length },
      gatewayUrl: ctx.deps.env.gatewayPublicUrl,
      workspace: ctx.workspace.name,
      now,
    });
  });
};

const describeOne = async (tx: Tx, ctx: Context, row: store.EndpointRow, now: Date): Promise<EndpointView> => {
  const [view] = await describe(tx, ctx, [row], now);
  if (!view) throw new AppError("internal", "endpoint.no_view", "The endpoint could not be described.");
  return view;
};

export const listEnvironments = async (ctx: Context): Promise<EnvironmentView[]> => {
  authorize(ctx, "environment:read");
  const rows = await store.listEnvironmentRows(ctx.deps.db, ctx.workspace.id);
  return rows.map(({ name, position, isProduction }) => ({ name, position, isProduction }));
};

export const listRuntimes = async (ctx: Context): Promise<RuntimeView[]> => {
  authorize(ctx, "endpoint:read");
  const rows = await store.listRuntimeRows(ctx.deps.db, ctx.workspace.id);
  const models = await store.listRuntimeModelRows(ctx.deps.db, ctx.workspace.id, rows.map((row) => row.id));
  const servers = await listServersOfRuntimes(ctx.deps.db, ctx.workspace.id, rows.map((row) => row.id));
  const versions = await store.versionNames(ctx.deps.db, ctx.workspace.id, models.map(({ versionId }) => versionId));
  return rows.map((row) => ({
    id: formatId("runtime", row.id),
    name: row.name,
    kind: row.kind,
    url: row.url,
    models: models
      .filter((model) => model.runtimeId === row.id)
      .map((model) => {
        const version = versions.get(model.versionId);
        const url = servers.find(({ runtimeId, versionId }) => runtimeId === row.id && versionId === model.versionId)?.url ?? null;
        return { versionId: formatId("version", model.versionId), model: version?.model ?? null, version: version?.number ?? null, url, state: model.state, reason: model.reason, probedAt: model.probedAt?.toISOString() ?? null };
      }),
  }));
};

/** Creates an endpoint without traffic; its first version comes by a rollout. Raises conflict when the name is taken. */
export const createEndpoint = async (ctx: Context, input: EndpointCreate): Promise<EndpointView> => {
  authorize(ctx, "endpoint:write");
  try {
    return await transact(ctx.deps, async (tx, now) => {
      const environment = await requireEnvironment(tx, ctx.workspace.id, input.environment);
      const runtime = await store.findRuntimeRow(tx, ctx.workspace.id, input.runtime);
      if (!runtime) throw new AppError("not_found", "runtime.not_found", `There is no runtime "${input.runtime}" in this workspace.`);
      const model = await store.findModelRow(tx, ctx.workspace.id, input.model);
      if (!model) throw new AppError("not_found", "model.not_found", `There is no registered model "${input.model}". Register it first.`);
      const row = await store.insertEndpoint(tx, {
        id: newId(),
        workspaceId: ctx.workspace.id,
        environmentId: environment.id,
        runtimeId: runtime.id,
        modelId: model.id,
        name: input.name,
        description: input.description ?? null,
        championAlias: input.championAlias,
        isAnonymous: input.isAnonymous,
        timeoutMs: input.timeoutMs,
        createdBy: actorName(ctx.actor),
        createdAt: now,
        updatedAt: now,
      });
      await recordChange(tx, ctx, now, {
        action: "endpoint.create",
        target: { type: "endpoint", id: formatId("endpoint", row.id), name: row.name },
        change: { after: { environment: environment.name, model: model.name, runtime: runtime.name, isAnonymous: row.isAnonymous, timeoutMs: row.timeoutMs, championAlias: row.championAlias } },
      });
      return describeOne(tx, ctx, row, now);
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw new AppError("conflict", "endpoint.name_taken", `The environment ${input.environment} already has an endpoint "${input.name}". Choose another name or release to that one.`, { cause: error });
    throw error;
  }
};

export const getEndpoint = async (ctx: Context, endpoint: string, environment?: string): Promise<EndpointView> => {
  authorize(ctx, "endpoint:read");
  return transact(ctx.deps, async (tx, now) => {
    const row = await requireEndpoint(tx, ctx, endpoint, environment);
    authorize(ctx, "endpoint:read", { endpointId: row.id });
    return describeOne(tx, ctx, row, now);
  });
};

export type EndpointQuery = { environment?: string | undefined; model?: string | undefined; q?: string | undefined; limit: number; cursor?: string | undefined };

export const listEndpoints = async (ctx: Context, query: EndpointQuery): Promise<Page<EndpointView>> => {
  authorize(ctx, "endpoint:read");
  return transact(ctx.deps, async (tx, now) => {
    const [name, id] = query.cursor ? decodeCursor(query.cursor, 2) : [];
    const rows = await store.listEndpointRows(tx, ctx.workspace.id, { ...query, after: name === undefined ? undefined : { name: String(name), id: String(id) } });
    const last = rows.length > query.limit ? rows[query.limit - 1] : undefined;
    return { items: await describe(tx, ctx, rows.slice(0, query.limit), now), nextCursor: last ? encodeCursor([last.name, last.id]) : null };
  });
};

export const updateEndpoint = async (ctx: Context, endpoint: string, environment: string | undefined, input: EndpointUpdate): Promise<EndpointView> => {
  authorize(ctx, "endpoint:write");
  return transact(ctx.deps, async (tx, now) => {
    const found = await requireEndpoint(tx, ctx, endpoint, environment);
    const before = { description: found.description, isAnonymous: found.isAnonymous, timeoutMs: found.timeoutMs, championAlias: found.championAlias };
    const patch = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
    const row = await store.updateEndpointRow(tx, found.id, { ...patch, updatedAt: now });
    const route = await currentRoute(tx, row);
    // Gateways read the anonymous flag and the timeout from the snapshot: tell them to look again.
    if (route) await store.notifyRoute(tx, route.revision);
    await recordChange(tx, ctx, now, { action: "endpoint.update", target: { type: "endpoint", id: formatId("endpoint", row.id), name: row.name }, change: { before, after: { ...before, ...patch } } });
    return describeOne(tx, ctx, row, now);
  });
};

/** Deletes an endpoint that carries no rollout; its record and its calls stay. */
export const deleteEndpoint = async (ctx: Context, endpoint: string, environment: string | undefined, reason: string): Promise<void> => {
  authorize(ctx, "endpoint:write");
  await transact(ctx.deps, async (tx, now) => {
    const found = await requireEndpoint(tx, ctx, endpoint, environment);
    const row = await store.lockEndpoint(tx, ctx.workspace.id, found.id);
    if (!row) throw new AppError("not_found", "endpoint.not_found", "There is no such endpoint in this workspace.");
    if (await store.hasActiveRollout(tx, row.id)) throw new AppError("conflict", "endpoint.busy", "A rollout is active on this endpoint. Roll it back or let it end, then delete.");
    await store.updateEndpointRow(tx, row.id, { deletedAt: now, updatedAt: now });
    for (const role of ["stable", "candidate", "shadow"]) await store.closeDeployments(tx, row.id, role, now);
    const route = await currentRoute(tx, row);
    if (route) await store.notifyRoute(tx, route.revision);
    await recordChange(tx, ctx, now, { action: "endpoint.delete", target: { type: "endpoint", id: formatId("endpoint", row.id), name: row.name }, reason });
  });
};

export const listDeployments = async (ctx: Context, endpoint: string, environment: string | undefined, query: { limit: number; cursor?: string | undefined }): Promise<Page<DeploymentView>> => {
  authorize(ctx, "endpoint:read");
  return transact(ctx.deps, async (tx) => {
    const row = await requireEndpoint(tx, ctx, endpoint, environment);
    const [fromAt, id] = query.cursor ? decodeCursor(query.cursor, 2) : [];
    const rows = await store.listDeploymentRows(tx, row.id, fromAt === undefined ? undefined : { fromAt: new Date(fromAt), id: String(id) }, query.limit);
    const numbers = await store.versionNumbers(tx, ctx.workspace.id, rows.map((deployment) => deployment.versionId));
    return toPage(rows, query.limit, (deployment) => toDeploymentView(deployment, numbers), (deployment) => [deployment.fromAt.toISOString(), deployment.id]);
  });
};

export const listRoutes = async (ctx: Context, endpoint: string, environment: string | undefined, query: { limit: number; cursor?: string | undefined }): Promise<Page<RouteView>> => {
  authorize(ctx, "endpoint:read");
  return transact(ctx.deps, async (tx) => {
    const row = await requireEndpoint(tx, ctx, endpoint, environment);
    const [before] = query.cursor ? decodeCursor(query.cursor, 1) : [];
    const rows = await store.listRouteRows(tx, row.id, before === undefined ? undefined : Number(before), query.limit);
    const numbers = await store.versionNumbers(tx, ctx.workspace.id, rows.flatMap((route) => [route.stableVersionId, route.candidateVersionId, route.mirrorVersionId]));
    return toPage(rows, query.limit, (route) => toRouteView(route, numbers), (route) => [route.number]);
  });
};
