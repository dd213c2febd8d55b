import { Prisma, type Tx } from "@/lib/platform/db";

import { emptyProfile, mergeProfiles, type PinnedReference, type Profile, type ReferenceCounts, type ReferenceSpec } from "./profiles";
import type { ArmDelta, Outcome, WindowDelta, WindowKey } from "./tally";
import { windowKeyText } from "./tally";

/** One JSON text per statement: a batch of a thousand rows is one parameter. */
const rowsOf = (rows: readonly unknown[]): string => JSON.stringify(rows, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));

/** Claims batches and returns those that nobody has counted before; the claim stands or falls with the transaction's counts. */
export const claimBatches = async (tx: Tx, batches: readonly { id: string; rows: number }[], now: Date): Promise<Set<string>> => {
  const sorted = [...batches].sort((a, b) => (a.id < b.id ? -1 : 1));
  const claimed = await tx.$queryRaw<{ id: string }[]>`
    INSERT INTO consumed_batch (batch_id, rows, consumed_at)
    SELECT id, rows, ${now} FROM jsonb_to_recordset(${rowsOf(sorted)}::jsonb) AS x(id uuid, rows int)
    ON CONFLICT (batch_id) DO NOTHING RETURNING batch_id AS id`;
  return new Set(claimed.map(({ id }) => id));
};

/** Makes this transaction the only one that counts for these endpoints; always in one order, so that two can't wait for each other. */
export const lockEndpointCounts = async (tx: Tx, endpointIds: readonly string[]): Promise<void> => {
  for (const id of [...new Set(endpointIds)].sort()) await tx.$queryRaw`SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtextextended(${`slipway.counts.${id}`}, 0))) AS held`;
};

export const readGrains = async (tx: Tx, endpointIds: string[]): Promise<Map<string, number>> => {
  const rows = await tx.endpoint.findMany({ where: { id: { in: endpointIds } }, select: { id: true, profileGrainSeconds: true } });
  return new Map(rows.map((row) => [row.id, row.profileGrainSeconds]));
};

type ReferenceRow = { id: string; versionId: string; rows: number; spec: unknown; counts: unknown };
const toPinned = (row: ReferenceRow): PinnedReference => ({ id: row.id, versionId: row.versionId, rows: row.rows, spec: row.spec as ReferenceSpec, counts: row.counts as ReferenceCounts });

/** References never change, so a process reads each once; the oldest are forgotten. */
const known = new Map<string, PinnedReference>();
const maxKnown = 50;

export const readReferences = async (tx: Tx, ids: readonly string[]): Promise<Map<string, PinnedReference>> => {
  const wanted = [...new Set(ids)];
  const missing = wanted.filter((id) => !known.has(id));
  const rows = missing.length === 0 ? [] : await tx.reference.findMany({ where: { id: { in: missing } } });
  for (const row of rows) known.set(row.id, toPinned(row));
  const found = new Map(wanted.flatMap((id): [string, PinnedReference][] => {
    const reference = known.get(id);
    return reference ? [[id, reference]] : [];
  }));
  for (const id of [...known.keys()].slice(0, Math.max(0, known.size - maxKnown))) known.delete(id);
  return found;
};

/** Ids of the references that are pinned to versions now. */
export const currentReferenceIds = async (tx: Tx, versionIds: string[]): Promise<Map<string, string>> => {
  const rows = await tx.reference.findMany({ where: { versionId: { in: versionIds }, supersededAt: null }, select: { id: true, versionId: true } });
  return new Map(rows.map((row) => [row.versionId, row.id]));
};

export type ProfileRow = WindowKey & Profile & { id: string; revision: number };

const profileColumns = Prisma.sql`w.id, w.workspace_id AS "workspaceId", w.endpoint_id AS "endpointId", w.version_id AS "versionId", w.arm, w.window_start AS "windowStart", w.grain_seconds AS "grainSeconds",
  w.reference_id AS "referenceId", w.revision, w.requests, w.errors, w.profiled, w.labelled, w.latency, w.counts, w.performance`;

/** The profiles of these windows, where they exist. */
export const readProfiles = async (tx: Tx, keys: readonly WindowKey[]): Promise<Map<string, ProfileRow>> => {
  if (keys.length === 0) return new Map();
  const rows = await tx.$queryRaw<ProfileRow[]>`
    SELECT ${profileColumns} FROM window_profile w
    JOIN jsonb_to_recordset(${rowsOf(keys)}::jsonb) AS k("endpointId" uuid, "versionId" uuid, arm text, "windowStart" timestamptz, "grainSeconds" int)
      ON w.endpoint_id = k."endpointId" AND w.version_id = k."versionId" AND w.arm = k.arm AND w.window_start = k."windowStart" AND w.grain_seconds = k."grainSeconds"`;
  return new Map(rows.map((row) => [windowKeyText(row), row]));
};

/** Which reference a window is counted with already, if any. */
export const readProfileReferences = async (tx: Tx, endpointIds: string[], from: Date, to: Date): Promise<(WindowKey & { referenceId: string | null })[]> =>
  tx.windowProfile.findMany({
    where: { endpointId: { in: endpointIds }, windowStart: { gte: from, lte: to } },
    select: { workspaceId: true, endpointId: true, versionId: true, arm: true, windowStart: true, grainSeconds: true, referenceId: true },
  });

/**
 * Adds what batches or labels bring to the windows' profiles and raises their revisions. The caller holds the endpoints' locks, so that
 * reading, adding and writing can't be overtaken.
 */
export const addToProfiles = async (tx: Tx, deltas: readonly WindowDelta[], now: Date, newId: () => string): Promise<void> => {
  if (deltas.length === 0) return;
  const before = await readProfiles(tx, deltas);
  const rows = deltas.map((delta) => {
    const have = before.get(windowKeyText(delta));
    const { workspaceId, endpointId, versionId, arm, windowStart, grainSeconds, profile } = delta;
    return { workspaceId, endpointId, versionId, arm, windowStart, grainSeconds, id: have?.id ?? newId(), ...mergeProfiles(have ?? emptyProfile(), profile) };
  });
  await tx.$executeRaw`
    INSERT INTO window_profile (id, workspace_id, endpoint_id, version_id, arm, window_start, grain_seconds, reference_id, revision, requests, errors, profiled, labelled, latency, counts, performance, updated_at)
    SELECT id, "workspaceId", "endpointId", "versionId", arm, "windowStart", "grainSeconds", "referenceId", 1, requests, errors, profiled, labelled, latency, counts, performance, ${now}
    FROM jsonb_to_recordset(${rowsOf(rows)}::jsonb) AS x(id uuid, "workspaceId" uuid, "endpointId" uuid, "versionId" uuid, arm text, "windowStart" timestamptz, "grainSeconds" int, "referenceId" uuid,
      requests int, errors int, profiled int, labelled int, latency jsonb, counts jsonb, performance jsonb)
    ON CONFLICT (endpoint_id, version_id, arm, window_start, grain_seconds) DO UPDATE SET
      reference_id = EXCLUDED.reference_id, revision = window_profile.revision + 1, requests = EXCLUDED.requests, errors = EXCLUDED.errors, profiled = EXCLUDED.profiled, labelled = EXCLUDED.labelled,
      latency = EXCLUDED.latency, counts = EXCLUDED.counts, performance = EXCLUDED.performance, updated_at = EXCLUDED.updated_at`;
  const parts = deltas.flatMap((delta, i) => delta.batchIds.map((batchId) => ({ profileId: rows[i]?.id, workspaceId: delta.workspaceId, batchId })));
  if (parts.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO window_profile_batch (profile_id, workspace_id, batch_id)
    SELECT "profileId", "workspaceId", "batchId" FROM jsonb_to_recordset(${rowsOf(parts)}::jsonb) AS x("profileId" uuid, "workspaceId" uuid, "batchId" uuid) ON CONFLICT DO NOTHING`;
};

export const insertOutcomes = async (tx: Tx, outcomes: readonly Outcome[]): Promise<void> => {
  if (outcomes.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO prediction_outcome (at, prediction_id, arm, workspace_id, endpoint_id, version_id, route_number, request_id, predicted, score)
    SELECT at, "predictionId", arm, "workspaceId", "endpointId", "versionId", "routeNumber", "requestId", predicted, score
    FROM jsonb_to_recordset(${rowsOf(outcomes)}::jsonb) AS x(at timestamptz, "predictionId" uuid, arm text, "workspaceId" uuid, "endpointId" uuid, "versionId" uuid, "routeNumber" int, "requestId" text, predicted text, score float8)`;
};

export const ensureOutcomeDays = async (tx: Tx, first: Date, last: Date): Promise<void> => {
  await tx.$executeRaw`SELECT inference.ensure_partitions(${first.toISOString().slice(0, 10)}::date, ${last.toISOString().slice(0, 10)}::date)`;
};

export type RouteShare = { endpointId: string; number: number; candidateWeightBp: number; mirrorBp: number };

export const readRouteShares = (tx: Tx, routes: readonly { endpointId: string; number: number }[]): Promise<RouteShare[]> =>
  routes.length === 0 ? Promise.resolve([]) : tx.routeRevision.findMany({ where: { OR: [...routes] }, select: { endpointId: true, number: true, candidateWeightBp: true, mirrorBp: true } });

export type Unit = { endpointId: string; routeNumber: number; unit: string; workspaceId: string; arm: string };

/** Notes routing units and returns how many each arm had not seen before under its route. */
export const addExposures = async (tx: Tx, units: readonly Unit[]): Promise<{ endpointId: string; routeNumber: number; arm: string; units: number }[]> =>
  units.length === 0
    ? []
    : tx.$queryRaw`
      WITH added AS (
        INSERT INTO exposure (endpoint_id, route_number, unit, workspace_id, arm)
        SELECT DISTINCT ON ("endpointId", "routeNumber", unit) "endpointId", "routeNumber", unit, "workspaceId", arm
        FROM jsonb_to_recordset(${rowsOf(units)}::jsonb) AS x("endpointId" uuid, "routeNumber" int, unit bigint, "workspaceId" uuid, arm text)
        ON CONFLICT DO NOTHING RETURNING endpoint_id, route_number, arm)
      SELECT endpoint_id AS "endpointId", route_number AS "routeNumber", arm, count(*)::int AS units FROM added GROUP BY 1, 2, 3`;

/** Adds calls to the running totals of arms. The caller holds the endpoints' locks. */
export const addToArms = async (tx: Tx, deltas: readonly (ArmDelta & { units: number })[], addCounts: (a: Record<string, number>, b: Record<string, number>) => Record<string, number>): Promise<void> => {
  if (deltas.length === 0) return;
  const before = await tx.armStats.findMany({ where: { OR: deltas.map(({ endpointId, routeNumber, arm }) => ({ endpointId, routeNumber, arm })) } });
  const rows = deltas.map((delta) => {
    const have = before.find((row) => row.endpointId === delta.endpointId && row.routeNumber === delta.routeNumber && row.arm === delta.arm);
    return have ? { ...delta, latency: addCounts(have.latency as Record<string, number>, delta.latency) } : delta;
  });
  await tx.$executeRaw`
    INSERT INTO arm_stats (workspace_id, endpoint_id, route_number, arm, version_id, requests, errors, units, labelled, loss_sum, loss_sum_squares, latency, first_at, last_at)
    SELECT "workspaceId", "endpointId", "routeNumber", arm, "versionId", requests, errors, units, 0, 0, 0, latency, "firstAt", "lastAt"
    FROM jsonb_to_recordset(${rowsOf(rows)}::jsonb) AS x("workspaceId" uuid, "endpointId" uuid, "routeNumber" int, arm text, "versionId" uuid, requests int, errors int, units int, latency jsonb, "firstAt" timestamptz, "lastAt" timestamptz)
    ON CONFLICT (endpoint_id, route_number, arm) DO UPDATE SET
      requests = arm_stats.requests + EXCLUDED.requests, errors = arm_stats.errors + EXCLUDED.errors, units = arm_stats.units + EXCLUDED.units, latency = EXCLUDED.latency,
      first_at = least(arm_stats.first_at, EXCLUDED.first_at), last_at = greatest(arm_stats.last_at, EXCLUDED.last_at)`;
};

export type PairDelta = { workspaceId: string; endpointId: string; routeNumber: number; pairs: number; agreed: number; labelledPairs: number; lossDiffSum: number; lossDiffSumSquares: number; onlyStableRight: number; onlyShadowRight: number };

export const addToPairs = async (tx: Tx, deltas: readonly PairDelta[]): Promise<void> => {
  if (deltas.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO pair_stats (workspace_id, endpoint_id, route_number, pairs, agreed, labelled_pairs, loss_diff_sum, loss_diff_sum_squares, only_stable_right, only_shadow_right)
    SELECT "workspaceId", "endpointId", "routeNumber", pairs, agreed, "labelledPairs", "lossDiffSum", "lossDiffSumSquares", "onlyStableRight", "onlyShadowRight"
    FROM jsonb_to_recordset(${rowsOf(deltas)}::jsonb) AS x("workspaceId" uuid, "endpointId" uuid, "routeNumber" int, pairs int, agreed int, "labelledPairs" int, "lossDiffSum" float8, "lossDiffSumSquares" float8, "onlyStableRight" int, "onlyShadowRight" int)
    ON CONFLICT (endpoint_id, route_number) DO UPDATE SET
      pairs = pair_stats.pairs + EXCLUDED.pairs, agreed = pair_stats.agreed + EXCLUDED.agreed, labelled_pairs = pair_stats.labelled_pairs + EXCLUDED.labelled_pairs,
      loss_diff_sum = pair_stats.loss_diff_sum + EXCLUDED.loss_diff_sum, loss_diff_sum_squares = pair_stats.loss_diff_sum_squares + EXCLUDED.loss_diff_sum_squares,
      only_stable_right = pair_stats.only_stable_right + EXCLUDED.only_stable_right, only_shadow_right = pair_stats.only_shadow_right + EXCLUDED.only_shadow_right`;
};

export type StoredOutcome = Outcome & { label: string | null; labelRevision: number | null; loss: number | null };

/** Every leg of these predictions within a range of time (which keeps the read to few partitions). */
export const readOutcomes = (tx: Tx, predictionIds: readonly string[], from: Date, to: Date): Promise<StoredOutcome[]> =>
  predictionIds.length === 0
    ? Promise.resolve([])
    : tx.$queryRaw`
      SELECT at, prediction_id AS "predictionId", arm, workspace_id AS "workspaceId", endpoint_id AS "endpointId", version_id AS "versionId", route_number AS "routeNumber", request_id AS "requestId",
        predicted, score, label, label_revision AS "labelRevision", loss
      FROM prediction_outcome WHERE prediction_id = ANY(${[...predictionIds]}::uuid[]) AND at BETWEEN ${from} AND ${to}`;

/** Makes monitors look again soon, where windows that closed before now have changed. */
export const wakeMonitors = async (tx: Tx, endpointIds: string[], at: Date): Promise<void> => {
  if (endpointIds.length > 0) await tx.monitor.updateMany({ where: { endpointId: { in: endpointIds }, isEnabled: true, nextEvaluationAt: { gt: at } }, data: { nextEvaluationAt: at } });
};
