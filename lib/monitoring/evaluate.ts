import { dayMs, minuteMs } from "@/lib/core/durations";
import { type Deps, transact } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { type Judgement, judgeWindow } from "./judge";
import { mergeProfiles, type PinnedReference, type Profile } from "./profiles";
import { ruleOf } from "./rules";
import type { MonitorRule } from "./schema";
import * as store from "./store";
import { currentReferenceIds, type ProfileRow, readReferences } from "./store-counts";
import { floorTo } from "./tally";
import { updateIncidentOf } from "./watch";

/** A window is judged when it closed and batches had this long to arrive. */
export const graceMs = 3_000;
const maxWindows = 60;
/** How far back windows are judged again when labels or late calls change them. */
const lookBackMs = dayMs;
/** Profiles that a transaction in flight may have changed after the last look. */
const overlapMs = minuteMs;

export const findDueMonitors = (deps: Deps): Promise<{ monitorId: string }[]> =>
  transact(deps, async (tx, now) => (await store.listDueMonitors(tx, now, 200)).map(({ id }) => ({ monitorId: id })));

export type Evaluated = { windows: number; again: number };

/** Judges the windows of a monitor that have closed, judges again those that changed, and moves its incident. Safe to run twice or beside itself. */
export const evaluateMonitor = (deps: Deps, { monitorId }: { monitorId: string }): Promise<Evaluated> =>
  transact(deps, async (tx, now) => {
    const monitor = await store.lockMonitor(tx, monitorId);
    if (!monitor || !monitor.isEnabled || monitor.nextEvaluationAt > now) return { windows: 0, again: 0 };
    return evaluate(tx, deps, now, monitor);
  });

const evaluate = async (tx: Tx, deps: Deps, now: Date, monitor: store.MonitorRow): Promise<Evaluated> => {
  const lengthMs = monitor.windowSeconds * 1000;
  const start = monitor.evaluatedTo ?? firstWindow(monitor.createdAt, monitor.windowSeconds);
  const closed = Math.floor((now.getTime() - graceMs - start.getTime()) / lengthMs);
  const fresh = Array.from({ length: Math.max(0, Math.min(maxWindows, closed)) }, (_, i) => new Date(start.getTime() + i * lengthMs));
  const changed = await findChanged(tx, monitor, now, start);
  const judged = await judgeWindows(tx, monitor, [...changed, ...fresh]);
  const freshTimes = new Set(fresh.map((at) => at.getTime()));
  let again = 0;
  for (const window of judged) {
    const isFresh = freshTimes.has(window.start.getTime());
    if (!isFresh && (await isUnchanged(tx, monitor, window))) continue;
    await writeResult(tx, monitor, window, now);
    if (isFresh) await updateIncidentOf(tx, deps, now, monitor, window.start);
    else again += 1;
  }
  if (again > 0) await updateIncidentOf(tx, deps, now, monitor, now);
  const evaluatedTo = new Date(start.getTime() + fresh.length * lengthMs);
  const next = closed > fresh.length ? now : new Date(evaluatedTo.getTime() + lengthMs + graceMs);
  await store.updateMonitorRow(tx, monitor.id, { evaluatedTo, nextEvaluationAt: next });
  return { windows: fresh.length, again };
};

/** The first whole window after a monitor was made. */
export const firstWindow = (createdAt: Date, windowSeconds: number): Date => {
  const floor = floorTo(createdAt, windowSeconds);
  return floor.getTime() === createdAt.getTime() ? floor : new Date(floor.getTime() + windowSeconds * 1000);
};

const findChanged = async (tx: Tx, monitor: store.MonitorRow, now: Date, to: Date): Promise<Date[]> => {
  const [last] = await store.listNewestResults(tx, monitor.id, 1);
  if (!last) return [];
  const since = new Date(last.computedAt.getTime() - overlapMs);
  const first = Math.max(now.getTime() - lookBackMs, firstWindow(monitor.createdAt, monitor.windowSeconds).getTime());
  const starts = await store.listChangedStarts(tx, monitor.endpointId, new Date(first), to, since);
  return [...new Set(starts.map((at) => floorTo(at, monitor.windowSeconds).getTime()))].map((time) => new Date(time)).filter((at) => at.getTime() >= first && at < to);
};

type Judged = { start: Date; end: Date; versionId: string | null; referenceId: string | null; revision: number; judgement: Judgement };

const judgeWindows = async (tx: Tx, monitor: store.MonitorRow, starts: readonly Date[]): Promise<Judged[]> => {
  if (starts.length === 0) return [];
  const rule = ruleOf(monitor);
  const lengthMs = monitor.windowSeconds * 1000;
  const sorted = [...starts].sort((a, b) => a.getTime() - b.getTime());
  const needsFeatures = rule.kind === "drift";
  const [first, last] = [sorted[0] ?? new Date(0), sorted.at(-1) ?? new Date(0)];
  const end = new Date(last.getTime() + lengthMs);
  const serving = await store.listServing(tx, monitor.endpointId, first, end);
  const current = await currentReferenceIds(tx, [...new Set(serving.map((row) => row.versionId))]);
  const judged: Judged[] = [];
  for (const start of sorted) {
    const stop = new Date(start.getTime() + lengthMs);
    // One window at a time: windows judged again may lie far apart.
    const rows = await store.readStableProfiles(tx, monitor.endpointId, start, stop, { features: needsFeatures });
    judged.push(await judgeOne(tx, { monitor, rule, start, end: stop, rows, serving, current }));
  }
  return judged;
};

type One = { monitor: store.MonitorRow; rule: MonitorRule; start: Date; end: Date; rows: ProfileRow[]; serving: store.Serving[]; current: Map<string, string> };

const judgeOne = async (tx: Tx, { monitor, rule, start, end, rows, serving, current }: One): Promise<Judged> => {
  const versionId = servingAt(serving, start, end) ?? rows.at(-1)?.versionId ?? null;
  const own = rows.filter((row) => row.versionId === versionId);
  // Drift is judged with the reference that the window was counted with.
  const referenceId = own.find((row) => row.referenceId !== null)?.referenceId ?? (versionId ? current.get(versionId) : undefined) ?? null;
  const reference: PinnedReference | null = referenceId ? ((await readReferences(tx, [referenceId])).get(referenceId) ?? null) : null;
  const profile = own.reduce<Profile | null>((sum, row) => (sum ? mergeProfiles(sum, row) : row), null);
  const judgement = judgeWindow({ rule, minRows: monitor.minRows, profile, reference, hasVersion: versionId !== null });
  return { start, end, versionId, referenceId, revision: rows.reduce((sum, row) => sum + row.revision, 0), judgement };
};

/** The version that was stable at the end of a window. */
export const servingAt = (serving: readonly store.Serving[], start: Date, end: Date): string | null =>
  serving.filter((row) => row.fromAt < end && (row.toAt === null || row.toAt > start)).at(-1)?.versionId ?? null;

const isUnchanged = async (tx: Tx, monitor: store.MonitorRow, window: Judged): Promise<boolean> => {
  const [before] = await store.listResultsBetween(tx, monitor.id, window.start, window.end, 1);
  return before?.revision === window.revision;
};

const writeResult = (tx: Tx, monitor: store.MonitorRow, { start, end, versionId, referenceId, revision, judgement }: Judged, now: Date) => {
  const { status, value, lower, upper, rows, reason, ratio, violated, features } = judgement;
  return store.upsertResult(tx, {
    monitorId: monitor.id,
    windowStart: start,
    windowEnd: end,
    workspaceId: monitor.workspaceId,
    versionId,
    referenceId,
    revision,
    status,
    value,
    lower,
    upper,
    rows,
    reason,
    details: store.toJson({ ratio, violated, features }),
    computedAt: now,
  });
};
