import { type Answer, joinAnswers, parseBody, readAnswers, readFeatureRows } from "./answers";
import { addCounts, countColumns, countLatency, emptyProfile, type PinnedReference, type Profile } from "./profiles";
import type { LoggedCall } from "./store-log";

/** Which window a call belongs to. */
export type WindowKey = { workspaceId: string; endpointId: string; versionId: string; arm: string; windowStart: Date; grainSeconds: number };
export type WindowDelta = WindowKey & { profile: Profile; batchIds: string[] };
export type ArmKey = { workspaceId: string; endpointId: string; routeNumber: number; arm: string; versionId: string };
export type ArmDelta = ArmKey & { requests: number; errors: number; latency: Record<string, number>; firstAt: Date; lastAt: Date };
/** A prediction with its answer. */
export type Outcome = { at: Date; predictionId: string; arm: string; workspaceId: string; endpointId: string; versionId: string; routeNumber: number; requestId: string | null; predicted: string | null; score: number | null };
export type Tally = { outcomes: Outcome[]; arms: ArmDelta[]; windows: WindowDelta[] };

export type TallyFacts = {
  grainSeconds: (endpointId: string) => number;
  /** The reference that a window's features are counted with: that of its profile, else the version's current one. */
  reference: (key: WindowKey) => PinnedReference | null;
};

type Counted = LoggedCall & { versionId: string };
type OpenWindow = WindowKey & { reference: PinnedReference | null; profile: Profile; columns: unknown[][]; latencies: number[]; batchIds: Set<string> };

/** No endpoint profiles in coarser windows than this; coarser views are sums. */
export const maxGrainSeconds = 3_600;

export const floorTo = (at: Date, seconds: number): Date => new Date(Math.floor(at.getTime() / (seconds * 1000)) * seconds * 1000);
export const windowKeyText = (key: WindowKey): string => `${key.endpointId} ${key.versionId} ${key.arm} ${key.windowStart.getTime()} ${key.grainSeconds}`;

/** What the client got wrong (4xx, an aborted call among them) is no failure of the model: counted apart and not profiled. */
const isRejected = (status: number): boolean => status >= 400 && status < 500;
const isError = (status: number): boolean => status >= 500;

/** Counts calls of the log into what batches add to arms and windows. Pure: the same calls in any order or split give the same sums. */
export const tallyCalls = (calls: readonly LoggedCall[], facts: TallyFacts): Tally => {
  const outcomes: Outcome[] = [];
  const arms = new Map<string, ArmDelta & { latencies: number[] }>();
  const windows = new Map<string, OpenWindow>();
  for (const call of calls) {
    if (call.versionId === null) continue;
    const counted: Counted = { ...call, versionId: call.versionId };
    const window = openWindow(windows, counted, facts);
    window.batchIds.add(call.batchId);
    if (isRejected(call.status)) {
      window.profile.counts.rejected += 1;
      continue;
    }
    addToArm(arms, counted);
    window.profile.requests += 1;
    if (isError(call.status)) window.profile.errors += 1;
    const answer = isError(call.status) ? { predicted: null, score: null } : profileCall(window, counted);
    outcomes.push({ at: call.at, predictionId: call.predictionId, arm: call.arm, workspaceId: call.workspaceId, endpointId: call.endpointId, versionId: call.versionId, routeNumber: call.routeNumber, requestId: call.requestId, ...answer });
  }
  return { outcomes, arms: [...arms.values()].map(closeArm), windows: [...windows.values()].map(closeWindow) };
};

const openWindow = (windows: Map<string, OpenWindow>, call: Counted, facts: TallyFacts): OpenWindow => {
  const grainSeconds = facts.grainSeconds(call.endpointId);
  const key: WindowKey = { workspaceId: call.workspaceId, endpointId: call.endpointId, versionId: call.versionId, arm: call.arm, windowStart: floorTo(call.at, grainSeconds), grainSeconds };
  const text = windowKeyText(key);
  const known = windows.get(text);
  if (known) return known;
  const reference = facts.reference(key);
  const opened: OpenWindow = { ...key, reference, profile: emptyProfile(reference?.id ?? null), columns: reference ? reference.spec.features.map(() => []) : [], latencies: [], batchIds: new Set() };
  windows.set(text, opened);
  return opened;
};

/** Latencies are those of answers: a failure is quick or slow for reasons of its own, and the error rate guards it. */
const profileCall = (window: OpenWindow, call: Counted): Answer => {
  window.latencies.push(call.latencyUs / 1000);
  const answers = readAnswers(parseBody(call.response));
  const { counts } = window.profile;
  for (const { predicted } of answers) if (predicted !== null) counts.predictions[predicted] = (counts.predictions[predicted] ?? 0) + 1;
  if (window.reference && call.request) window.profile.profiled += readFeatureRows(parseBody(call.request), window.reference.spec.features, window.columns);
  return joinAnswers(answers);
};

const addToArm = (arms: Map<string, ArmDelta & { latencies: number[] }>, call: Counted): void => {
  const text = `${call.endpointId} ${call.routeNumber} ${call.arm}`;
  let arm = arms.get(text);
  if (!arm) {
    arm = { workspaceId: call.workspaceId, endpointId: call.endpointId, routeNumber: call.routeNumber, arm: call.arm, versionId: call.versionId, requests: 0, errors: 0, latency: {}, firstAt: call.at, lastAt: call.at, latencies: [] };
    arms.set(text, arm);
  }
  arm.requests += 1;
  if (isError(call.status)) arm.errors += 1;
  else arm.latencies.push(call.latencyUs / 1000);
  if (call.at < arm.firstAt) arm.firstAt = call.at;
  if (call.at > arm.lastAt) arm.lastAt = call.at;
};

const closeArm = ({ latencies, ...arm }: ArmDelta & { latencies: number[] }): ArmDelta => ({ ...arm, latency: addCounts(arm.latency, countLatency(latencies)) });

const closeWindow = ({ reference, columns, latencies, batchIds, profile, ...key }: OpenWindow): WindowDelta => ({
  ...key,
  batchIds: [...batchIds].sort(),
  profile: { ...profile, latency: countLatency(latencies), counts: { ...profile.counts, features: reference && profile.profiled > 0 ? countColumns(reference, columns) : {} } },
});
