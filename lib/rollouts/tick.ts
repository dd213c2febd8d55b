import { newId } from "@/lib/core/ids";
import { systemContext } from "@/lib/identity/server";
import { type Deps, transact } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";
import { type EndpointRow, ensureReady, findEndpointById, lockEndpoint, requireServable } from "@/lib/serving/server";

import { applyTransition } from "./apply";
import { readFacts } from "./facts";
import { advance, type Facts, type RolloutState } from "./machine";
import type { VerdictDocument } from "./schema";
import { toState } from "./state";
import { claimRollout, findLatestVerdict, findWorkspace, insertVerdict, listDueRollouts, listStepRows, lockRollout, releaseRollout, type RolloutRow } from "./store";

const leaseSeconds = 30;

/** Rollouts whose time has come and that nobody holds; the sweeper wakes a worker for each. */
export const findDueRollouts = async (deps: Deps): Promise<{ rolloutId: string }[]> =>
  (await listDueRollouts(deps.db, await deps.clock.now(deps.db), 100)).map(({ id }) => ({ rolloutId: id }));

/**
 * One look at a rollout: claim, ask the runtime, then decide and write in one transaction. Safe to run twice, late or
 * beside its twin: the lease's epoch fences whoever is slower, and what it writes is absolute.
 */
export const tickRollout = async (deps: Deps, { rolloutId }: { rolloutId: string }, owner: string): Promise<void> => {
  const claimed = await transact(deps, (tx, now) => claimRollout(tx, rolloutId, owner, now, leaseSeconds));
  if (!claimed) return;
  const workspace = await findWorkspace(deps.db, claimed.workspaceId);
  if (!workspace) return;
  const ctx = systemContext(deps, workspace, "Rollout engine");
  const found = await findEndpointById(deps.db, claimed.workspaceId, claimed.endpointId);
  const target = found && claimed.phase === "PREPARING" ? await prepareTarget(deps, claimed, found) : null;
  await transact(deps, async (tx, now) => {
    const endpoint = await lockEndpoint(tx, claimed.workspaceId, claimed.endpointId);
    const row = await lockRollout(tx, rolloutId);
    if (!endpoint || !row || row.leaseEpoch !== claimed.leaseEpoch || row.endedAt) return;
    const steps = await listStepRows(tx, row.id, row.attempt);
    const state = toState(row, steps, endpoint);
    const { facts, verdict } = await readFacts(tx, now, { row, endpoint, state, steps, target });
    const transition = advance(state, { type: "tick", facts }, now);
    if (verdict) await keepVerdict(tx, now, row, state, verdict, transition !== null);
    if (transition) await applyTransition(tx, ctx, now, { row, endpoint, transition, verdict, raisesEpoch: true });
    else await releaseRollout(tx, row.id, claimed.leaseEpoch, new Date(now.getTime() + quietLookMs(state)));
  });
};

const quietLookMs = (state: RolloutState): number => (["BAKING", "SHADOWING"].includes(state.phase) && state.bakingSince ? 1_000 : ["HELD", "AWAITING_APPROVAL", "POST_BAKE"].includes(state.phase) ? 2_000 : 250);

const prepareTarget = async (deps: Deps, row: RolloutRow, endpoint: EndpointRow): Promise<Facts["target"]> => {
  const version = await requireServable(deps, row.workspaceId, row.toVersionId);
  const { state, reason } = await ensureReady(deps, { ...endpoint.runtime, workspaceId: row.workspaceId }, version);
  return { state: state === "READY" ? "ready" : state === "LOADING" ? "loading" : "failed", ...(reason ? { reason } : {}) };
};

/** Keeps a look when it says something new or enough time has passed: about two hundred looks a step, whatever its length. */
const keepVerdict = async (tx: Tx, now: Date, row: RolloutRow, state: RolloutState, verdict: VerdictDocument, isTurningPoint: boolean): Promise<void> => {
  const last = await findLatestVerdict(tx, row.id);
  const elapsedMs = state.bakingSince ? now.getTime() - state.bakingSince.getTime() : 0;
  const isDue = !last || now.getTime() - last.at.getTime() >= Math.max(1_500, elapsedMs / 200);
  if (!isTurningPoint && !isDue && last.overall === verdict.overall) return;
  await insertVerdict(tx, { id: newId(), workspaceId: row.workspaceId, rolloutId: row.id, attempt: row.attempt, stepIndex: state.stepIndex, at: now, overall: verdict.overall, document: verdict });
};
