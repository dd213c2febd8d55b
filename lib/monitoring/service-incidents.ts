import { recordChange } from "@/lib/audit/server";
import { AppError } from "@/lib/core/errors";
import { newId, parseId, tryParseId } from "@/lib/core/ids";
import { decodeCursor, type Page, toPage } from "@/lib/core/pagination";
import { denialOf } from "@/lib/identity";
import { authorize } from "@/lib/identity/server";
import { actorName, actorUserId, type Context, transact } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";
import { requireEndpoint, versionNumbers } from "@/lib/serving/server";

import { type IncidentAct, moveIncident } from "./machine";
import { incidentTarget, resolveIncidentRow, stateOf } from "./resolve";
import type { IncidentPage, IncidentView } from "./schema";
import { describeMonitors } from "./service-monitors";
import * as store from "./store";
import * as incidents from "./store-incidents";
import { toEventView, toIncidentView, toResultView } from "./view";

const requireIncident = async (tx: Tx, ctx: Context, text: string, lock: boolean): Promise<incidents.IncidentRow> => {
  const display = /^INC-(\d{1,9})$/i.exec(text)?.[1];
  const found = display ? await incidents.findIncidentByNumber(tx, ctx.workspace.id, Number(display)) : await incidents.findIncident(tx, ctx.workspace.id, tryParseId("incident", text) ?? parseId("incident", text));
  const row = found && lock ? await incidents.lockIncident(tx, ctx.workspace.id, found.id) : found;
  if (!row) throw new AppError("not_found", "incident.not_found", `There is no incident "${text.slice(0, 60)}" in this workspace.`);
  return row;
};

/** Views of incidents with the names around them. */
export const describeIncidents = async (tx: Tx, ctx: Context, rows: readonly incidents.IncidentRow[]): Promise<IncidentView[]> => {
  const endpointIds = [...new Set(rows.map((row) => row.endpointId))];
  const endpoints = await store.findWatched(tx, ctx.workspace.id, endpointIds);
  const monitors = await store.listMonitorRows(tx, ctx.workspace.id, endpointIds);
  const numbers = await versionNumbers(tx, ctx.workspace.id, rows.map((row) => row.versionId));
  const people = await store.findPeopleNames(tx, rows.flatMap((row) => row.acknowledgedBy ?? []));
  return rows.map((row) => toIncidentView(row, { endpoint: endpoints.find((endpoint) => endpoint.id === row.endpointId), monitorName: monitors.find((monitor) => monitor.id === row.monitorId)?.name ?? "", numbers, people }));
};

export type IncidentQuery = { status?: string | undefined; endpoint?: string | undefined; environment?: string | undefined; q?: string | undefined; limit: number; cursor?: string | undefined };

/** Incidents, newest first. `status` is one of theirs, or `unresolved`. */
export const listIncidents = (ctx: Context, query: IncidentQuery): Promise<Page<IncidentView>> => {
  authorize(ctx, "incident:read");
  return transact(ctx.deps, async (tx) => {
    const [openedAt, id] = query.cursor ? decodeCursor(query.cursor, 2) : [];
    const endpointIds = query.endpoint
      ? [(await requireEndpoint(tx, ctx, query.endpoint, query.environment)).id]
      : query.environment
        ? (await store.listWatched(tx, ctx.workspace.id, query.environment)).map((endpoint) => endpoint.id)
        : undefined;
    const statuses = query.status === "unresolved" ? ["open", "acknowledged"] : query.status ? [query.status] : undefined;
    const rows = await incidents.listIncidentRows(tx, ctx.workspace.id, { statuses, endpointIds, q: query.q, limit: query.limit, after: openedAt === undefined ? undefined : { openedAt: new Date(openedAt), id: String(id) } });
    const views = await describeIncidents(tx, ctx, rows.slice(0, query.limit));
    const page = toPage(rows, query.limit, (row) => row.id, (row) => [row.openedAt.toISOString(), row.id]);
    return { items: views, nextCursor: page.nextCursor };
  });
};

export const countUnresolvedIncidents = (ctx: Context): Promise<number> => {
  authorize(ctx, "incident:read");
  return incidents.countUnresolved(ctx.deps.db, ctx.workspace.id);
};

const allow = (reason: string | null) => ({ allowed: reason === null, reason });

const actsOf = (ctx: Context, row: incidents.IncidentRow, rollback: IncidentPage["rollback"]): IncidentPage["acts"] => {
  const ended = row.status === "resolved" ? "The incident is resolved." : null;
  const denied = denialOf(ctx.actor, "incident:write") ?? null;
  const noWay = row.kind === "drift" || row.kind === "prediction_drift" ? "A rollback changes the version, not the stream: drift stays." : rollback ? null : "The version does not serve any more, or there is none before it to go back to.";
  return {
    acknowledge: allow(ended ?? denied ?? (row.status === "acknowledged" ? "It is acknowledged already." : null)),
    resolve: allow(ended ?? denied),
    mute: allow(ended ?? denied),
    rollBack: allow(ended ?? noWay ?? denialOf(ctx.actor, "rollout:execute") ?? null),
  };
};

/** Where a rollback would lead: the version before the one that is in trouble and still serves. */
const readRollback = async (tx: Tx, ctx: Context, now: Date, row: incidents.IncidentRow, endpoint: store.WatchedEndpoint | undefined): Promise<IncidentPage["rollback"]> => {
  if (row.status === "resolved" || !endpoint || (row.kind !== "performance" && row.kind !== "error_rate")) return null;
  if (!endpoint.stableVersionId || endpoint.stableVersionId !== row.versionId) return null;
  const served = await store.listServing(tx, endpoint.id, new Date(0), now);
  const before = endpoint.previousVersionId ?? served.filter((entry) => entry.versionId !== endpoint.stableVersionId).at(-1)?.versionId ?? null;
  if (!before) return null;
  const numbers = await versionNumbers(tx, ctx.workspace.id, [endpoint.stableVersionId, before]);
  const [from, to] = [numbers.get(endpoint.stableVersionId), numbers.get(before)];
  const recent = (await store.sumRecent(tx, [endpoint.id], new Date(now.getTime() - 300_000))).get(endpoint.id);
  return from === undefined || to === undefined ? null : { from, to, isWarm: endpoint.warmUntil !== null && endpoint.warmUntil > now && endpoint.previousVersionId === before, requestsPerMinute: recent ? Math.round(recent.requests / 5) : null };
};

const describePage = async (tx: Tx, ctx: Context, now: Date, row: incidents.IncidentRow): Promise<IncidentPage> => {
  const [view] = await describeIncidents(tx, ctx, [row]);
  if (!view) throw new AppError("internal", "incident.no_view", "The incident could not be described.");
  const [endpoint] = await store.findWatched(tx, ctx.workspace.id, [row.endpointId]);
  const monitor = await store.findMonitor(tx, ctx.workspace.id, row.monitorId);
  const [rule] = monitor && endpoint ? await describeMonitors(tx, ctx, now, [monitor], [endpoint]) : [];
  const spanMs = (monitor?.windowSeconds ?? 60) * 1000;
  const results = await store.listResultsBetween(tx, row.monitorId, new Date(row.openedAt.getTime() - 20 * spanMs), new Date((row.resolvedAt ?? now).getTime() + 10 * spanMs), 400);
  const numbers = await versionNumbers(tx, ctx.workspace.id, results.map((result) => result.versionId));
  const rollback = await readRollback(tx, ctx, now, row, endpoint);
  return {
    ...view,
    model: endpoint?.model.name ?? "",
    timeline: (await incidents.listIncidentEvents(tx, row.id)).map(toEventView),
    results: results.map((result) => toResultView(result, numbers)),
    monitorRule: rule ?? null,
    acts: actsOf(ctx, row, rollback),
    rollback,
  };
};

/** An incident with its timeline and the windows around it, by `inc_…` id or INC-n. */
export const getIncident = (ctx: Context, id: string): Promise<IncidentPage> => {
  authorize(ctx, "incident:read");
  return transact(ctx.deps, async (tx, now) => {
    const row = await requireIncident(tx, ctx, id, false);
    authorize(ctx, "incident:read", { endpointId: row.endpointId });
    return describePage(tx, ctx, now, row);
  });
};

type Change = { act: IncidentAct; action: string; type: string; text: string; reason?: string | undefined; data: Record<string, string> };

const changeIncident = (ctx: Context, id: string, plan: (now: Date) => Change): Promise<IncidentPage> => {
  authorize(ctx, "incident:write");
  return transact(ctx.deps, async (tx, now) => {
    const row = await requireIncident(tx, ctx, id, true);
    authorize(ctx, "incident:write", { endpointId: row.endpointId });
    const change = plan(now);
    const move = moveIncident(stateOf(row), change.act, now);
    if (!move.ok) throw new AppError("conflict", move.code, move.reason);
    if (!move.changed) return describePage(tx, ctx, now, row);
    const isAcknowledged = change.act.type === "acknowledge";
    const updated = await incidents.updateIncident(tx, row.id, { status: move.state.status, mutedUntil: move.state.mutedUntil, ...(isAcknowledged ? { acknowledgedAt: now, acknowledgedBy: actorUserId(ctx.actor) } : {}) });
    await incidents.insertIncidentEvent(tx, { id: newId(now.getTime()), workspaceId: row.workspaceId, incidentId: row.id, at: now, type: change.type, actor: actorName(ctx.actor), text: change.text, data: change.data });
    await recordChange(tx, ctx, now, { action: change.action, target: incidentTarget(row), reason: change.reason, change: { before: { status: row.status, mutedUntil: row.mutedUntil }, after: { status: updated.status, mutedUntil: updated.mutedUntil } } });
    return describePage(tx, ctx, now, updated);
  });
};

export const acknowledgeIncident = (ctx: Context, id: string, { comment }: { comment?: string | undefined }): Promise<IncidentPage> =>
  changeIncident(ctx, id, () => ({ act: { type: "acknowledge" }, action: "incident.acknowledge", type: "acknowledged", text: comment ? `Acknowledged: ${comment}` : "Acknowledged.", reason: comment, data: {} }));

/** Mutes an incident until a time, or unmutes it (`until` null). It still clears and resolves by its rules. */
export const muteIncident = (ctx: Context, id: string, { until, reason }: { until: string | null; reason?: string | undefined }): Promise<IncidentPage> =>
  changeIncident(ctx, id, () => ({
    act: until === null ? { type: "unmute" } : { type: "mute", until: new Date(until) },
    action: "incident.mute",
    type: until === null ? "unmuted" : "muted",
    text: `${until === null ? "Unmuted" : `Muted until ${until.slice(0, 16).replace("T", " ")} UTC`}${reason ? `: ${reason}` : "."}`,
    reason,
    data: until === null ? {} : { until },
  }));

export const resolveIncident = (ctx: Context, id: string, { reason }: { reason: string }): Promise<IncidentPage> => {
  authorize(ctx, "incident:write");
  return transact(ctx.deps, async (tx, now) => {
    const row = await requireIncident(tx, ctx, id, true);
    authorize(ctx, "incident:write", { endpointId: row.endpointId });
    const move = moveIncident(stateOf(row), { type: "resolve", resolution: "by_hand" }, now);
    if (!move.ok) throw new AppError("conflict", move.code, move.reason);
    const by = actorName(ctx.actor);
    const updated = await resolveIncidentRow(tx, ctx, now, row, { resolution: "by_hand", action: `By hand by ${by}`, text: `Resolved by hand: ${reason}`, reason });
    return describePage(tx, ctx, now, updated);
  });
};

