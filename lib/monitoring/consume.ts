import { dayMs } from "@/lib/core/durations";
import { messageOf } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { batchSchemaVersion } from "@/lib/inference";
import { type Deps, transact } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { applyLabels } from "./apply-labels";
import { countPairs } from "./pairs";
import { addCounts } from "./profiles";
import * as counts from "./store-counts";
import * as log from "./store-log";
import { tallyCalls, type WindowKey, windowKeyText } from "./tally";

/** Batches and rows that one transaction takes at most. */
const maxBatches = 40;
const maxRows = 2_000;

export type Consumed = { batches: number; rows: number; more: boolean };

/** Whether any batch waits to be counted. */
export const isConsumptionDue = (deps: Deps): Promise<boolean> => log.hasUnconsumed(deps.env, batchSchemaVersion);

/**
 * Counts the batches that wait, oldest first: reads their rows from the log, then claims the batches and adds everything in one
 * transaction of the main database, and leaves a hint in the log. A crash at any place, a second consumer, or a batch that is read
 * again change nothing: a batch is counted with its claim or not at all.
 */
export const consumeBatches = async (deps: Deps): Promise<Consumed> => {
  const waiting = await log.listUnconsumed(deps.env, batchSchemaVersion, maxBatches);
  const batches = takeUpTo(waiting, maxRows);
  if (batches.length === 0) return { batches: 0, rows: 0, more: false };
  try {
    const rows = await consume(deps, batches);
    return { batches: batches.length, rows, more: batches.length < waiting.length || waiting.length === maxBatches };
  } catch (error) {
    if (batches.length === 1) throw error;
    deps.log.warn({ batches: batches.length, reason: messageOf(error) }, "batches could not be counted together; counting them one by one");
  }
  return consumeEach(deps, batches);
};

/** One bad batch must not keep the others from being counted: it alone stays behind, and is reported at each try. */
const consumeEach = async (deps: Deps, batches: readonly log.BatchRow[]): Promise<Consumed> => {
  let rows = 0;
  for (const batch of batches) {
    try {
      rows += await consume(deps, [batch]);
    } catch (error) {
      deps.log.error({ batch: batch.id, err: error }, "a batch of the inference log could not be counted");
    }
  }
  return { batches: batches.length, rows, more: false };
};

const takeUpTo = (waiting: readonly log.BatchRow[], rows: number): log.BatchRow[] => {
  let sum = 0;
  return waiting.filter((batch, index) => (sum += batch.rows) <= rows || index === 0);
};

const consume = async (deps: Deps, batches: readonly log.BatchRow[]): Promise<number> => {
  const calls = await log.readCalls(deps.env, batches);
  const { claimed, now } = await transact(deps, async (tx, now) => {
    const claimed = await counts.claimBatches(tx, batches, now);
    const rows = calls.filter((call) => claimed.has(call.batchId));
    if (rows.length > 0) await count(tx, now, rows);
    return { claimed, now };
  });
  await log.markConsumed(deps.env, batches.map((batch) => batch.id), now);
  return calls.filter((call) => claimed.has(call.batchId)).length;
};

const count = async (tx: Tx, now: Date, given: readonly log.LoggedCall[]): Promise<void> => {
  const endpointIds = [...new Set(given.map((call) => call.endpointId))];
  await counts.lockEndpointCounts(tx, endpointIds);
  const grains = await counts.readGrains(tx, endpointIds);
  const calls = given.filter((call) => grains.has(call.endpointId));
  if (calls.length === 0) return;
  const times = calls.map((call) => call.at.getTime());
  const [first, last] = [new Date(Math.min(...times)), new Date(Math.max(...times))];
  if (first.getTime() < now.getTime() - dayMs || last.getTime() > now.getTime() + dayMs) await counts.ensureOutcomeDays(tx, first, last);
  const grainSeconds = (endpointId: string): number => grains.get(endpointId) ?? 60;
  const tally = tallyCalls(calls, { grainSeconds, reference: await readReferencesOf(tx, calls, new Date(first.getTime() - Math.max(...grains.values()) * 1000), last) });
  const routes = await readRoutes(tx, calls);
  await counts.insertOutcomes(tx, tally.outcomes);
  const seen = await counts.addExposures(tx, calls.filter((call) => call.versionId !== null && call.arm !== "shadow" && (routes.get(routeKey(call))?.candidateWeightBp ?? 0) > 0));
  const unitsOf = (arm: { endpointId: string; routeNumber: number; arm: string }): number =>
    seen.find((entry) => entry.endpointId === arm.endpointId && entry.routeNumber === arm.routeNumber && entry.arm === arm.arm)?.units ?? 0;
  await counts.addToArms(tx, tally.arms.map((arm) => ({ ...arm, units: unitsOf(arm) })), addCounts);
  await counts.addToProfiles(tx, tally.windows, now, newId);
  await countPairs(tx, tally.outcomes.filter((outcome) => outcome.arm === "shadow" || (routes.get(routeKey(outcome))?.mirrorBp ?? 0) > 0), first, last);
  const labelled = await applyLabels(tx, now, tally.outcomes.map((outcome) => outcome.predictionId));
  const late = tally.windows.filter((window) => window.windowStart.getTime() + window.grainSeconds * 1000 <= now.getTime()).map((window) => window.endpointId);
  await counts.wakeMonitors(tx, [...new Set([...late, ...labelled])], new Date(now.getTime() + 1_000));
};

const routeKey = (call: { endpointId: string; routeNumber: number }): string => `${call.endpointId} ${call.routeNumber}`;

const readRoutes = async (tx: Tx, calls: readonly log.LoggedCall[]): Promise<Map<string, counts.RouteShare>> => {
  const wanted = new Map(calls.map((call) => [routeKey(call), { endpointId: call.endpointId, number: call.routeNumber }]));
  const rows = await counts.readRouteShares(tx, [...wanted.values()]);
  return new Map(rows.map((row) => [routeKey({ endpointId: row.endpointId, routeNumber: row.number }), row]));
};

/** A window keeps the reference that it was first counted with, even where a newer one is pinned in its middle. */
const readReferencesOf = async (tx: Tx, calls: readonly log.LoggedCall[], from: Date, to: Date) => {
  const endpointIds = [...new Set(calls.map((call) => call.endpointId))];
  const versionIds = [...new Set(calls.flatMap((call) => call.versionId ?? []))];
  const current = await counts.currentReferenceIds(tx, versionIds);
  const kept = await counts.readProfileReferences(tx, endpointIds, from, to);
  const ofWindow = new Map(kept.map((row) => [windowKeyText(row), row.referenceId]));
  const references = await counts.readReferences(tx, [...current.values(), ...kept.flatMap((row) => row.referenceId ?? [])]);
  return (key: WindowKey) => references.get(ofWindow.get(windowKeyText(key)) ?? current.get(key.versionId) ?? "") ?? null;
};
