import { dayMs, minuteMs } from "@/lib/core/durations";
import { formatId, idTimeMs, newId, tryParseId } from "@/lib/core/ids";
import { authorize } from "@/lib/identity/server";
import { actorName, type Context, type Deps, transact } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";
import { requireEndpoint } from "@/lib/serving/server";

import { applyLabels } from "./apply-labels";
import { isConsumptionDue } from "./consume";
import { joinLabelsJob } from "./jobs";
import type { LabelItem, LabelResult, LabelsBody } from "./schema";
import { lockEndpointCounts, readOutcomes, wakeMonitors } from "./store-counts";
import * as store from "./store-labels";

/** How long a label waits for its prediction to be counted. */
export const pendingMs = 10 * minuteMs;
/** How far back a request id alone is looked for. */
const requestHorizonMs = 7 * dayMs;
/** How far `at` may be off the time of the prediction. */
const nearMs = minuteMs;

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** A prediction's id in either of its forms, or undefined where it can't be one of ours (they are UUIDv7). */
const parsePrediction = (text: string): string | undefined => {
  const uuid = tryParseId("prediction", text) ?? text.toLowerCase();
  return uuidPattern.test(uuid) ? uuid : undefined;
};

type Resolved = { item: LabelItem; index: number; predictionId: string | null; madeAt: Date | null; isKnown: boolean; problem: string | null };

const describe = (entry: Resolved, status: LabelResult["status"], reason: string | null): LabelResult => ({ index: entry.index, predictionId: entry.predictionId ? formatId("prediction", entry.predictionId) : null, status, reason });

/**
 * Takes ground truth for predictions of an endpoint, up to 1,000 a call, each answered for itself. Labels of predictions that are not
 * counted yet wait; a second label of a prediction is a correction, and its history is kept.
 */
export const addLabels = async (ctx: Context, input: LabelsBody): Promise<{ accepted: number; pending: number; rejected: number; items: LabelResult[] }> => {
  authorize(ctx, "label:write");
  const results = await transact(ctx.deps, async (tx, now) => {
    const endpoint = await requireEndpoint(tx, ctx, input.endpoint, input.environment);
    authorize(ctx, "label:write", { endpointId: endpoint.id });
    await lockEndpointCounts(tx, [endpoint.id]);
    const resolved = await resolveItems(tx, endpoint.id, input.items, now);
    return storeLabels(tx, ctx, now, endpoint.id, resolved);
  });
  if (results.some((result) => result.status === "pending")) await ctx.deps.jobs.send(joinLabelsJob.name, {}, { dedupeKey: "join" });
  const count = (status: LabelResult["status"]): number => results.filter((result) => result.status === status).length;
  return { accepted: count("accepted"), pending: count("pending"), rejected: count("rejected"), items: results };
};

const resolveItems = async (tx: Tx, endpointId: string, items: readonly LabelItem[], now: Date): Promise<Resolved[]> => {
  const byId = items.map((item) => (item.predictionId === undefined ? undefined : parsePrediction(item.predictionId)));
  const ids = byId.flatMap((id) => id ?? []);
  const times = ids.map(idTimeMs);
  const legs = ids.length === 0 ? [] : await readOutcomes(tx, ids, new Date(Math.min(...times) - dayMs), new Date(Math.max(...times) + dayMs));
  // A prediction of another endpoint or workspace is answered like one that doesn't exist.
  const known = new Map(legs.filter((leg) => leg.endpointId === endpointId).map((leg) => [leg.predictionId, leg.at]));
  const requestIds = [...new Set(items.flatMap((item) => item.requestId ?? []))];
  const ats = items.flatMap((item) => (item.requestId !== undefined && item.at ? [Date.parse(item.at)] : []));
  const found = await store.findByRequestIds(tx, endpointId, requestIds, new Date(Math.min(now.getTime() - requestHorizonMs, ...ats.map((at) => at - nearMs))), new Date(now.getTime() + nearMs));
  return items.map((item, index): Resolved => {
    if (item.requestId !== undefined) return resolveRequest(item, index, found.filter((row) => row.requestId === item.requestId));
    const predictionId = byId[index];
    if (!predictionId) return { item, index, predictionId: null, madeAt: null, isKnown: false, problem: "This is not the id of a prediction: they look like prd_ and 32 hex digits." };
    return { item, index, predictionId, madeAt: new Date(idTimeMs(predictionId)), isKnown: known.has(predictionId), problem: null };
  });
};

const resolveRequest = (item: LabelItem, index: number, found: readonly { predictionId: string; at: Date }[]): Resolved => {
  const near = item.at === undefined ? found : found.filter((row) => Math.abs(row.at.getTime() - Date.parse(item.at ?? "")) <= nearMs);
  const entry: Resolved = { item, index, predictionId: null, madeAt: item.at ? new Date(item.at) : null, isKnown: false, problem: null };
  if (near.length > 1) return { ...entry, problem: `${near.length} predictions carry this request id; give \`at\`, or the prediction's id.` };
  const [only] = near;
  return only ? { ...entry, predictionId: only.predictionId, madeAt: only.at, isKnown: true } : entry;
};

const whyNot = (entry: Resolved, now: Date): string | null => {
  if (entry.problem) return entry.problem;
  if (entry.item.labelledAt && Date.parse(entry.item.labelledAt) > now.getTime() + nearMs) return "labelledAt lies in the future.";
  if (entry.isKnown || entry.madeAt === null) return null;
  if (entry.madeAt.getTime() > now.getTime() + nearMs) return "The prediction's time lies in the future.";
  return now.getTime() - entry.madeAt.getTime() < pendingMs ? null : "There is no such prediction on this endpoint, or it was refused, or it is no longer kept.";
};

const storeLabels = async (tx: Tx, ctx: Context, now: Date, endpointId: string, resolved: readonly Resolved[]): Promise<LabelResult[]> => {
  const newest = new Map((await store.readNewestLabels(tx, resolved.flatMap((entry) => entry.predictionId ?? []))).map((label) => [label.predictionId, label]));
  const rows: store.LabelRow[] = [];
  const results = resolved.map((entry): LabelResult => {
    const problem = whyNot(entry, now);
    if (problem) return describe(entry, "rejected", problem);
    const value = String(entry.item.value);
    const before = entry.predictionId ? newest.get(entry.predictionId) : undefined;
    if (before && before.endpointId !== endpointId) return describe(entry, "rejected", "There is no such prediction on this endpoint.");
    const status = entry.isKnown ? "accepted" : "pending";
    if (before?.value === value) return describe(entry, status, "The prediction has this label already.");
    const row: store.LabelRow = {
      id: newId(now.getTime()),
      workspaceId: ctx.workspace.id,
      endpointId,
      predictionId: entry.predictionId,
      requestId: entry.item.requestId ?? null,
      value,
      labelledAt: entry.item.labelledAt ? new Date(entry.item.labelledAt) : now,
      receivedAt: now,
      source: actorName(ctx.actor),
      revision: (before?.revision ?? 0) + 1,
      state: entry.isKnown ? "joined" : "pending",
    };
    rows.push(row);
    if (entry.predictionId) newest.set(entry.predictionId, row);
    return describe(entry, status, entry.isKnown ? (before ? `It corrects the label "${before.value.slice(0, 100)}".` : null) : "The prediction is not counted yet; the label waits up to 10 minutes for it.");
  });
  await store.insertLabels(tx, rows);
  const changed = await applyLabels(tx, now, resolved.filter((entry) => entry.isKnown).flatMap((entry) => entry.predictionId ?? []));
  await wakeMonitors(tx, changed, new Date(now.getTime() + 1_000));
  return results;
};

/** Whether any label waits. */
export const isJoinDue = async (deps: Deps): Promise<boolean> => (await store.countPendingLabels(deps.db)) > 0;

const joinAtOnce = 2_000;

/** Joins waiting labels whose prediction has been counted since, and gives up on those that waited too long. Safe to run beside itself. */
export const joinLabels = async (deps: Deps): Promise<{ joined: number; expired: number }> => {
  const waiting = await store.listPendingLabels(deps.db, joinAtOnce);
  // While the log is behind, a prediction that was made may still be on its way: nothing is given up.
  const mayExpire = waiting.length > 0 && !(await isConsumptionDue(deps));
  const totals = { joined: 0, expired: 0 };
  for (const endpointId of [...new Set(waiting.map((label) => label.endpointId))]) {
    const ids = waiting.filter((label) => label.endpointId === endpointId).map((label) => label.id);
    const done = await transact(deps, async (tx, now) => {
      await lockEndpointCounts(tx, [endpointId]);
      return joinOf(tx, now, endpointId, await store.lockPendingLabels(tx, ids), mayExpire);
    });
    totals.joined += done.joined;
    totals.expired += done.expired;
  }
  return totals;
};

const joinOf = async (tx: Tx, now: Date, endpointId: string, labels: readonly store.LabelRow[], mayExpire: boolean): Promise<{ joined: number; expired: number }> => {
  const byRequest = labels.filter((label) => label.predictionId === null);
  const found = await store.findByRequestIds(tx, endpointId, [...new Set(byRequest.flatMap((label) => label.requestId ?? []))], new Date(now.getTime() - requestHorizonMs), new Date(now.getTime() + nearMs));
  const bound = new Map<string, string>();
  for (const label of byRequest) {
    const candidates = found.filter((row) => row.requestId === label.requestId);
    const [only] = candidates;
    if (!only || candidates.length > 1) continue;
    const [newest] = await store.readNewestLabels(tx, [only.predictionId]);
    await store.setLabelPrediction(tx, label.id, only.predictionId, (newest?.revision ?? 0) + 1);
    bound.set(label.id, only.predictionId);
  }
  const predictionIds = labels.flatMap((label) => label.predictionId ?? bound.get(label.id) ?? []);
  const changed = await applyLabels(tx, now, predictionIds);
  await wakeMonitors(tx, changed, new Date(now.getTime() + 1_000));
  const left = await store.lockPendingLabels(tx, labels.map((label) => label.id));
  const expired = await store.expireLabels(tx, left.filter((label) => mayExpire && now.getTime() - label.receivedAt.getTime() >= pendingMs).map((label) => label.id));
  return { joined: labels.length - left.length, expired };
};
