import { dayMs } from "@/lib/core/durations";
import { idTimeMs, newId } from "@/lib/core/ids";
import type { Tx } from "@/lib/platform/db";
import { LogHistogram } from "@/lib/stats";

import { addPairLoss, pairUp, PairSums } from "./pairs";
import { addPerformance, emptyProfile, type ProfilePerformance } from "./profiles";
import { addToPairs, addToProfiles, readOutcomes, type StoredOutcome } from "./store-counts";
import * as store from "./store-labels";
import { floorTo, maxGrainSeconds, type WindowDelta, type WindowKey, windowKeyText } from "./tally";

/** 0/1 loss of classes; null where no class was read from the answer. */
export const lossOf = (predicted: string | null, label: string): number | null => (predicted === null ? null : predicted === label ? 0 : 1);

type Change = { before: StoredOutcome; label: store.LabelRow; loss: number | null };

/** What one label adds to its window, as against the label before it (a correction moves a count from one cell to another). */
export const performanceDelta = ({ before, label, loss }: Change): ProfilePerformance => {
  const delta: ProfilePerformance = { n: 0, correct: 0, confusion: {}, delay: {} };
  if (before.predicted === null || loss === null) return delta;
  const cell = (value: string, count: number): ProfilePerformance => ({ n: count, correct: value === before.predicted ? count : 0, confusion: { [value]: { [String(before.predicted)]: count } }, delay: {} });
  const added = addPerformance(delta, cell(label.value, 1));
  if (before.label !== null && before.loss !== null) return addPerformance(added, cell(before.label, -1));
  const delayMs = Math.max(0, label.labelledAt.getTime() - before.at.getTime());
  return { ...added, delay: LogHistogram.of([delayMs]).histogram.toJSON() };
};

/**
 * Brings the newest labels of these predictions into every count: outcomes (loss), arms, pairs, and the windows in which the predictions
 * were made. What is applied is remembered by its revision on the outcome, so doing it again adds nothing, and a correction adds
 * the difference. The caller holds the endpoints' locks. Returns the endpoints whose windows changed.
 */
export const applyLabels = async (tx: Tx, now: Date, predictionIds: readonly string[]): Promise<string[]> => {
  const labels = new Map((await store.readNewestLabels(tx, [...new Set(predictionIds)])).flatMap((label) => (label.predictionId ? [[label.predictionId, label] as const] : [])));
  if (labels.size === 0) return [];
  const times = [...labels.keys()].map(idTimeMs);
  const legs = (await readOutcomes(tx, [...labels.keys()], new Date(Math.min(...times) - dayMs), new Date(Math.max(...times) + dayMs))).filter((leg) => labels.get(leg.predictionId)?.endpointId === leg.endpointId);
  const changes = legs.flatMap((before): Change[] => {
    const label = labels.get(before.predictionId);
    return label && before.labelRevision !== label.revision ? [{ before, label, loss: lossOf(before.predicted, label.value) }] : [];
  });
  await store.markJoined(tx, [...new Set(legs.map((leg) => leg.predictionId))]);
  if (changes.length === 0) return [];
  await store.updateOutcomes(tx, changes.map(({ before, label, loss }) => ({ at: before.at, predictionId: before.predictionId, arm: before.arm, label: label.value, labelRevision: label.revision, loss })));
  await store.addLosses(tx, sumLosses(changes));
  await addToPairs(tx, sumPairs(legs, changes));
  const windows = await sumWindows(tx, changes);
  await addToProfiles(tx, windows, now, newId);
  return [...new Set(windows.map((window) => window.endpointId))];
};

const sumLosses = (changes: readonly Change[]): store.LossDelta[] => {
  const sums = new Map<string, store.LossDelta>();
  const add = (leg: StoredOutcome, loss: number | null, sign: 1 | -1): void => {
    if (loss === null) return;
    const key = `${leg.endpointId} ${leg.routeNumber} ${leg.arm}`;
    const sum = sums.get(key) ?? { endpointId: leg.endpointId, routeNumber: leg.routeNumber, arm: leg.arm, labelled: 0, lossSum: 0, lossSumSquares: 0 };
    sums.set(key, { ...sum, labelled: sum.labelled + sign, lossSum: sum.lossSum + sign * loss, lossSumSquares: sum.lossSumSquares + sign * loss * loss });
  };
  for (const { before, loss } of changes) {
    add(before, before.loss, -1);
    add(before, loss, 1);
  }
  return [...sums.values()];
};

const sumPairs = (legs: readonly StoredOutcome[], changes: readonly Change[]) => {
  const changed = new Map(changes.map((change) => [change.before, change]));
  const sums = new PairSums();
  for (const { main, shadow } of pairUp(legs)) {
    if (!changed.has(main) && !changed.has(shadow)) continue;
    const sum = sums.of(main);
    if (main.loss !== null && shadow.loss !== null) addPairLoss(sum, main.loss, shadow.loss, -1);
    const after = { main: changed.get(main)?.loss ?? main.loss, shadow: changed.get(shadow)?.loss ?? shadow.loss };
    if (after.main !== null && after.shadow !== null) addPairLoss(sum, after.main, after.shadow, 1);
  }
  return sums.all();
};

/** A label counts in the window that its prediction was counted in: the finest one that holds its time. */
const sumWindows = async (tx: Tx, changes: readonly Change[]): Promise<WindowDelta[]> => {
  const counted = changes.filter(({ before, loss }) => before.predicted !== null && loss !== null);
  if (counted.length === 0) return [];
  const times = counted.map(({ before }) => before.at.getTime());
  const known = new Set((await store.findWindowGrains(tx, [...new Set(counted.map(({ before }) => before.endpointId))], new Date(Math.min(...times) - maxGrainSeconds * 1000), new Date(Math.max(...times)))).map(keyText));
  const grains = [...new Set([...known].map((key) => Number(key.split(" ").at(-1))))].sort((a, b) => a - b);
  const windows = new Map<string, WindowDelta>();
  for (const change of counted) {
    const { workspaceId, endpointId, versionId, arm, at } = change.before;
    const key = grains.map((grainSeconds): WindowKey => ({ workspaceId, endpointId, versionId, arm, windowStart: floorTo(at, grainSeconds), grainSeconds })).find((candidate) => known.has(keyText(candidate)));
    if (!key) continue;
    const window = windows.get(keyText(key)) ?? { ...key, profile: emptyProfile(), batchIds: [] };
    const performance = addPerformance(window.profile.performance, performanceDelta(change));
    windows.set(keyText(key), { ...window, profile: { ...window.profile, performance, labelled: performance.n } });
  }
  return [...windows.values()];
};

const keyText = (key: Omit<WindowKey, "workspaceId">): string => windowKeyText({ ...key, workspaceId: "" });
