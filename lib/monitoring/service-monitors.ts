import { recordChange } from "@/lib/audit/server";
import { AppError } from "@/lib/core/errors";
import { formatId, newId, parseId } from "@/lib/core/ids";
import { type Page, toPage, decodeCursor } from "@/lib/core/pagination";
import { authorize } from "@/lib/identity/server";
import { actorName, type Context, transact } from "@/lib/platform/context";
import { isUniqueViolation, type Tx } from "@/lib/platform/db";
import { requireEndpoint, versionNumbers } from "@/lib/serving/server";

import { firstWindow, graceMs } from "./evaluate";
import { resolveIncidentRow } from "./resolve";
import { grainFor, severityOf } from "./rules";
import { type MonitorCreate, monitorParams, type MonitorKind, type MonitorUpdate, type MonitorView, type ResultView } from "./schema";
import * as store from "./store";
import { lockEndpointCounts } from "./store-counts";
import { findUnresolved, listUnresolvedOf, lockIncident } from "./store-incidents";
import { toMonitorView, toResultView } from "./view";

const target = (row: Pick<store.MonitorRow, "id" | "name">) => ({ type: "monitor", id: formatId("monitor", row.id), name: row.name });
const nameTaken = (error: unknown, name: string): unknown => (isUniqueViolation(error) ? new AppError("conflict", "monitor.exists", `The endpoint has a monitor "${name}" already; choose another name.`, { cause: error }) : error);

/** Views of monitors with their latest results and open incidents. */
export const describeMonitors = async (tx: Tx, ctx: Context, now: Date, rows: readonly store.MonitorRow[], endpoints: readonly store.WatchedEndpoint[]): Promise<MonitorView[]> => {
  const latest = await store.listLatestResults(tx, rows.map((row) => row.id));
  const incidents = await listUnresolvedOf(tx, ctx.workspace.id, [...new Set(rows.map((row) => row.endpointId))]);
  const numbers = await versionNumbers(tx, ctx.workspace.id, latest.map((row) => row.versionId));
  return rows.flatMap((row) => {
    const endpoint = endpoints.find((candidate) => candidate.id === row.endpointId);
    if (!endpoint) return [];
    return [toMonitorView(row, { endpoint, latest: latest.find((result) => result.monitorId === row.id), incident: incidents.find((incident) => incident.monitorId === row.id), numbers, now })];
  });
};

const describeOne = async (tx: Tx, ctx: Context, now: Date, row: store.MonitorRow): Promise<MonitorView> => {
  const [view] = await describeMonitors(tx, ctx, now, [row], await store.findWatched(tx, ctx.workspace.id, [row.endpointId]));
  if (!view) throw new AppError("internal", "monitor.no_view", "The monitor could not be described.");
  return view;
};

export const listMonitors = (ctx: Context, endpoint: string, environment: string | undefined): Promise<{ items: MonitorView[] }> => {
  authorize(ctx, "monitor:read");
  return transact(ctx.deps, async (tx, now) => {
    const row = await requireEndpoint(tx, ctx, endpoint, environment);
    authorize(ctx, "monitor:read", { endpointId: row.id });
    const monitors = await store.listMonitorRows(tx, ctx.workspace.id, [row.id]);
    return { items: await describeMonitors(tx, ctx, now, monitors, await store.findWatched(tx, ctx.workspace.id, [row.id])) };
  });
};

const requireMonitor = async (tx: Tx, ctx: Context, id: string, lock: boolean): Promise<store.MonitorRow> => {
  const uuid = parseId("monitor", id);
  const row = lock ? await store.lockMonitorOf(tx, ctx.workspace.id, uuid) : await store.findMonitor(tx, ctx.workspace.id, uuid);
  if (!row) throw new AppError("not_found", "monitor.not_found", "There is no such monitor in this workspace.");
  return row;
};

/** Makes a monitor. Its first verdict comes after its first whole window; the endpoint is profiled as finely as the window asks. */
export const createMonitor = async (ctx: Context, endpointName: string, environment: string | undefined, input: MonitorCreate): Promise<MonitorView> => {
  authorize(ctx, "monitor:write");
  try {
    return await transact(ctx.deps, async (tx, now) => {
      const endpoint = await requireEndpoint(tx, ctx, endpointName, environment);
      authorize(ctx, "monitor:write", { endpointId: endpoint.id });
      const grain = grainFor(endpoint.profileGrainSeconds, input.windowSeconds);
      if (grain < endpoint.profileGrainSeconds) {
        // Counting waits for this transaction, so every later window is profiled at the new grain.
        await lockEndpointCounts(tx, [endpoint.id]);
        await store.setGrain(tx, endpoint.id, grain);
      }
      const first = firstWindow(now, input.windowSeconds);
      const row = await store.insertMonitor(tx, {
        id: newId(now.getTime()),
        workspaceId: ctx.workspace.id,
        endpointId: endpoint.id,
        name: input.name,
        kind: input.kind,
        params: store.toJson(input.params),
        windowSeconds: input.windowSeconds,
        minRows: input.minRows,
        violationsToOpen: input.violationsToOpen,
        windowsLookedAt: input.windowsLookedAt,
        severity: severityOf(input.kind),
        nextEvaluationAt: new Date(first.getTime() + input.windowSeconds * 1000 + graceMs),
        createdBy: actorName(ctx.actor),
        createdAt: now,
        updatedAt: now,
      });
      await recordChange(tx, ctx, now, { action: "monitor.create", target: target(row), change: { after: { endpoint: endpoint.name, kind: row.kind, params: row.params, windowSeconds: row.windowSeconds, minRows: row.minRows, violationsToOpen: row.violationsToOpen, windowsLookedAt: row.windowsLookedAt } } });
      return describeOne(tx, ctx, now, row);
    });
  } catch (error) {
    throw nameTaken(error, input.name);
  }
};

const mergeParams = (row: store.MonitorRow, given: Record<string, unknown>) => {
  const parsed = monitorParams[row.kind as MonitorKind].safeParse({ ...(row.params as Record<string, unknown>), ...given });
  if (!parsed.success) throw new AppError("invalid", "monitor.bad_params", "The rule of the monitor is not valid.", { invalidParams: parsed.error.issues.map((issue) => ({ name: `params.${issue.path.join(".")}`, reason: issue.message })) });
  return parsed.data;
};

const ruleFields = (row: store.MonitorRow) => ({ name: row.name, params: row.params, minRows: row.minRows, violationsToOpen: row.violationsToOpen, windowsLookedAt: row.windowsLookedAt, isEnabled: row.isEnabled });

/** Changes a monitor's rule from its next window on. Its window length is what its results are cut by, and stays. */
export const updateMonitor = async (ctx: Context, id: string, input: MonitorUpdate): Promise<MonitorView> => {
  authorize(ctx, "monitor:write");
  try {
    return await transact(ctx.deps, async (tx, now) => {
      const row = await requireMonitor(tx, ctx, id, true);
      authorize(ctx, "monitor:write", { endpointId: row.endpointId });
      const violationsToOpen = input.violationsToOpen ?? row.violationsToOpen;
      const windowsLookedAt = input.windowsLookedAt ?? row.windowsLookedAt;
      if (violationsToOpen > windowsLookedAt) throw new AppError("invalid", "monitor.bad_rule", "violationsToOpen can't be more than windowsLookedAt.");
      const resumes = input.isEnabled === true && !row.isEnabled;
      const first = firstWindow(now, row.windowSeconds);
      const updated = await store.updateMonitorRow(tx, row.id, {
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.minRows === undefined ? {} : { minRows: input.minRows }),
        ...(input.params === undefined ? {} : { params: store.toJson(mergeParams(row, input.params)) }),
        ...(input.isEnabled === undefined ? {} : { isEnabled: input.isEnabled }),
        // What passed while it was off was never looked at, and is not made up for.
        ...(resumes ? { evaluatedTo: first, nextEvaluationAt: new Date(first.getTime() + row.windowSeconds * 1000 + graceMs) } : {}),
        violationsToOpen,
        windowsLookedAt,
        updatedAt: now,
      });
      await recordChange(tx, ctx, now, { action: "monitor.update", target: target(updated), change: { before: ruleFields(row), after: ruleFields(updated) } });
      return describeOne(tx, ctx, now, updated);
    });
  } catch (error) {
    throw nameTaken(error, input.name ?? "");
  }
};

/** Deletes a monitor with its results and incidents; an unresolved incident is resolved first, so that the record says what became of it. */
export const deleteMonitor = (ctx: Context, id: string): Promise<void> => {
  authorize(ctx, "monitor:write");
  return transact(ctx.deps, async (tx, now) => {
    const row = await requireMonitor(tx, ctx, id, true);
    authorize(ctx, "monitor:write", { endpointId: row.endpointId });
    const open = await findUnresolved(tx, row.id);
    const incident = open ? await lockIncident(tx, ctx.workspace.id, open.id) : null;
    if (incident && incident.status !== "resolved") await resolveIncidentRow(tx, ctx, now, incident, { resolution: "by_hand", action: `Monitor deleted by ${actorName(ctx.actor)}`, text: "Resolved because its monitor was deleted.", because: `The monitor ${row.name} was deleted.` });
    await store.deleteMonitorRow(tx, row.id);
    await recordChange(tx, ctx, now, { action: "monitor.delete", target: target(row), change: { before: { kind: row.kind, ...ruleFields(row) } } });
  });
};

/** Results of a monitor, newest window first. */
export const listMonitorResults = (ctx: Context, id: string, query: { limit: number; cursor?: string | undefined }): Promise<Page<ResultView>> => {
  authorize(ctx, "monitor:read");
  return transact(ctx.deps, async (tx) => {
    const row = await requireMonitor(tx, ctx, id, false);
    authorize(ctx, "monitor:read", { endpointId: row.endpointId });
    const [before] = query.cursor ? decodeCursor(query.cursor, 1) : [];
    const rows = await store.listResultsPage(tx, row.id, before === undefined ? undefined : new Date(before), query.limit);
    const numbers = await versionNumbers(tx, ctx.workspace.id, rows.map((result) => result.versionId));
    return toPage(rows, query.limit, (result) => toResultView(result, numbers), (result) => [result.windowStart.toISOString()]);
  });
};

