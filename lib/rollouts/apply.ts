import { recordChange } from "@/lib/audit/server";
import { AppError } from "@/lib/core/errors";
import { formatId, newId } from "@/lib/core/ids";
import { closeApproval, findRefusal } from "@/lib/governance/server";
import { resolveIncidentsByRollback } from "@/lib/monitoring/server";
import type { Context } from "@/lib/platform/context";
import type { Prisma, Tx } from "@/lib/platform/db";
import { eventOf, modelTarget, setAliasRow } from "@/lib/registry/server";
import { closeDeployments, type EndpointRow, findOpenDeployment, openDeployment, publishRoute, type RouteRow, updateEndpointRow, versionNumbers } from "@/lib/serving/server";

import { isEnded, type Route, type RolloutPhase, type Transition } from "./machine";
import { RolloutPlan, toBasisPoints } from "./plan";
import type { VerdictDocument } from "./schema";
import { insertSteps, type RolloutRow, updateRollout, updateStep } from "./store";

const actionOf: Partial<Record<RolloutPhase, string>> = {
  HELD: "rollout.hold",
  PROMOTING: "rollout.promote",
  ROLLING_BACK: "rollout.rollback",
  ROLLED_BACK: "rollout.rolled_back",
  SUCCEEDED: "rollout.succeed",
  CANCELLED: "rollout.cancel",
  SUPERSEDED: "rollout.cancel",
};

/** Milliseconds until the next look, by phase. */
const lookAgainMs = (phase: RolloutPhase): number => (phase === "HELD" || phase === "AWAITING_APPROVAL" || phase === "POST_BAKE" ? 2_000 : phase === "BAKING" || phase === "SHADOWING" ? 1_000 : 300);

/**
 * Writes a transition of a locked rollout on its locked endpoint: route, pointers, deployments, steps, the row and its
 * audit event, all in the caller's transaction. Raising the epoch for a person's act fences the worker's tick in flight.
 */
export const applyTransition = async (
  tx: Tx,
  ctx: Context,
  now: Date,
  { row, endpoint, transition, verdict, raisesEpoch }: { row: RolloutRow; endpoint: EndpointRow; transition: Transition; verdict: VerdictDocument | null; raisesEpoch: boolean },
): Promise<RolloutRow> => {
  const moved = transition.movePointer ? await movePointer(tx, ctx, now, row, endpoint, transition.movePointer) : endpoint;
  const route = transition.route ? await publishStepRoute(tx, ctx, now, row, moved, transition, transition.route) : null;
  const isNewStep = transition.stepIndex !== row.stepIndex || transition.stepOutcome === "restarted";
  const isNewPhase = transition.phase !== row.phase || isNewStep;
  const attempt = transition.phase === "PREPARING" && row.phase === "HELD" ? row.attempt + 1 : row.attempt;
  if (attempt > row.attempt) await insertSteps(tx, planSteps({ ...row, attempt }, RolloutPlan.parse(row.plan)));
  await writeSteps(tx, now, row, transition, route, verdict);
  const reason = transition.reason || row.reason;
  const updated = await updateRollout(tx, row.id, {
    phase: transition.phase,
    stepIndex: transition.stepIndex,
    attempt,
    heldPhase: transition.heldPhase,
    reason,
    seq: { increment: 1 },
    ...(isNewPhase ? { phaseSince: now } : {}),
    ...(route ? { routeRevision: route.revision, routeNumber: route.number } : {}),
    ...(raisesEpoch ? { leaseEpoch: { increment: 1 }, leaseOwner: null, leaseExpiresAt: null } : {}),
    ...(isEnded(transition.phase) ? { endedAt: now, nextTickAt: null } : { nextTickAt: new Date(now.getTime() + lookAgainMs(transition.phase)) }),
  });
  if (isNewPhase) {
    await recordChange(tx, ctx, now, {
      action: actionOf[transition.phase] ?? "rollout.step",
      target: { type: "rollout", id: formatId("rollout", row.id), name: endpoint.name },
      ...(reason ? (ctx.actor.kind === "system" ? { because: reason } : { reason }) : {}),
      change: { before: { phase: row.phase, step: row.stepIndex }, after: { phase: transition.phase, step: transition.stepIndex, ...(route ? { route: route.number, candidateWeightBp: route.candidateWeightBp, mirrorBp: route.mirrorBp } : {}) } },
      ...(verdict && transition.stepOutcome ? { event: { data: { verdict, outcome: transition.stepOutcome } } } : {}),
    });
  }
  if (row.requestId && isEnded(transition.phase)) await settleApproval(tx, ctx, now, row.requestId, transition.phase, endpoint.name, reason);
  return updated;
};

/** A promotion uses its approval up; a roll back disproves it, so that the version needs a new one. */
const settleApproval = async (tx: Tx, ctx: Context, now: Date, requestId: string, phase: RolloutPhase, endpoint: string, reason: string | null): Promise<void> => {
  if (phase === "SUCCEEDED") await closeApproval(tx, ctx, { requestId, status: "EXECUTED", reason: `Released to ${endpoint}.` }, now);
  if (phase === "ROLLED_BACK") await closeApproval(tx, ctx, { requestId, status: "STALE", reason: `Rolled back on ${endpoint}. ${reason ?? ""}`.trim() }, now);
};

/** The rows of a plan's steps for one attempt. */
export const planSteps = (row: Pick<RolloutRow, "id" | "workspaceId" | "attempt">, plan: RolloutPlan) =>
  plan.steps.map((step, index) => ({
    workspaceId: row.workspaceId,
    rolloutId: row.id,
    index,
    attempt: row.attempt,
    kind: step.kind,
    weightBp: step.kind === "canary" ? toBasisPoints(step.weightPercent) : 0,
    mirrorBp: step.kind === "shadow" ? toBasisPoints(step.mirrorPercent) : 0,
  }));

const publishStepRoute = async (tx: Tx, ctx: Context, now: Date, row: RolloutRow, endpoint: EndpointRow, transition: Transition, route: Route): Promise<RouteRow> => {
  const takesTraffic = route.candidateWeightBp > 0;
  const published = await publishRoute(tx, ctx, now, endpoint, {
    stableVersionId: route.stable === "to" ? row.toVersionId : row.fromVersionId,
    candidateVersionId: takesTraffic ? row.toVersionId : null,
    candidateWeightBp: route.candidateWeightBp,
    mirrorVersionId: route.mirrorBp > 0 ? row.toVersionId : null,
    mirrorBp: route.mirrorBp,
    salt: row.id,
    rolloutId: row.id,
    stepIndex: transition.stepIndex,
    reason: transition.reason,
    isFresh: transition.stepOutcome === "restarted",
  });
  await setDeployment(tx, now, row, endpoint, "candidate", takesTraffic);
  await setDeployment(tx, now, row, endpoint, "shadow", route.mirrorBp > 0);
  if (route.stable === "from" && row.fromVersionId === null) await closeDeployments(tx, endpoint.id, "stable", now);
  if (route.stable === "to") await setStableDeployment(tx, now, row, endpoint, row.toVersionId);
  return published;
};

const setDeployment = async (tx: Tx, now: Date, row: RolloutRow, endpoint: EndpointRow, role: "candidate" | "shadow", isOn: boolean): Promise<void> => {
  if (!isOn) await closeDeployments(tx, endpoint.id, role, now);
  else if (!(await findOpenDeployment(tx, endpoint.id, role, row.toVersionId))) {
    await openDeployment(tx, { id: newId(), workspaceId: row.workspaceId, endpointId: endpoint.id, versionId: row.toVersionId, role, rolloutId: row.id, fromAt: now });
  }
};

const setStableDeployment = async (tx: Tx, now: Date, row: RolloutRow, endpoint: EndpointRow, versionId: string): Promise<void> => {
  await closeDeployments(tx, endpoint.id, "stable", now, versionId);
  if (!(await findOpenDeployment(tx, endpoint.id, "stable", versionId))) {
    await openDeployment(tx, { id: newId(), workspaceId: row.workspaceId, endpointId: endpoint.id, versionId, role: "stable", rolloutId: row.id, fromAt: now });
  }
};

/** Moves the endpoint's stable pointer by compare-and-set, with the alias that it names and the lease on the way back. */
const movePointer = async (tx: Tx, ctx: Context, now: Date, row: RolloutRow, endpoint: EndpointRow, to: "to" | "from"): Promise<EndpointRow> => {
  const [expected, target] = to === "to" ? [row.fromVersionId, row.toVersionId] : [row.toVersionId, row.fromVersionId];
  if (endpoint.stableVersionId !== expected) throw new AppError("conflict", "rollout.pointer_moved", "The endpoint's stable version was changed by somebody else; the rollout can't move it.");
  const plan = row.plan as { warmSeconds?: number };
  const keepsWarm = to === "to" && expected !== null;
  const moved = await updateEndpointRow(tx, endpoint.id, {
    stableVersionId: target,
    previousVersionId: keepsWarm ? expected : null,
    warmUntil: keepsWarm ? new Date(now.getTime() + (plan.warmSeconds ?? 0) * 1000) : null,
    updatedAt: now,
  });
  if (target) await setStableDeployment(tx, now, row, endpoint, target);
  if (endpoint.championAlias && target) await moveAlias(tx, ctx, now, endpoint, endpoint.championAlias, expected, target);
  if (expected && (to === "from" || row.strategy === "rollback")) {
    await resolveIncidentsByRollback(tx, ctx, now, { endpointId: endpoint.id, versionId: expected, rolloutId: row.id, by: row.createdBy });
  }
  return moved;
};

/**
 * Lets the endpoint's alias follow what it serves. What serves in one environment does not take an alias that another one protects,
 * unless it may be released there too: a release for development is no way to production's champion.
 */
const moveAlias = async (tx: Tx, ctx: Context, now: Date, endpoint: EndpointRow, alias: string, from: string | null, to: string): Promise<void> => {
  const { workspaceId } = endpoint;
  const model = { ...endpoint.model, isPrompt: false }; // what serves has files
  const numbers = await versionNumbers(tx, workspaceId, [from, to]);
  const number = numbers.get(to) ?? 0;
  const target = modelTarget(model);
  const refusal = await findRefusal(tx, { workspaceId, model, version: { id: to, number }, name: { alias } }, now, endpoint.environmentId);
  if (refusal) {
    await recordChange(tx, ctx, now, { action: "alias.keep", target, because: `The endpoint ${endpoint.name} serves version ${number} now, but ${refusal.environment} protects the alias.${refusal.release ? ` ${refusal.release.reason}` : ""}`, change: { after: { alias, offered: number } } });
    return;
  }
  await setAliasRow(tx, workspaceId, model.id, alias, to, now);
  const change = { before: { alias, version: from ? (numbers.get(from) ?? null) : null }, after: { alias, version: number } };
  await recordChange(tx, ctx, now, { action: "alias.set", target, because: `The endpoint ${endpoint.name} serves this version now.`, change, event: eventOf(model, change) });
};

const writeSteps = async (tx: Tx, now: Date, row: RolloutRow, transition: Transition, route: RouteRow | null, verdict: VerdictDocument | null): Promise<void> => {
  const leaving = { rolloutId: row.id, attempt: row.attempt, index: row.stepIndex };
  const document = verdict === null ? {} : { verdict: verdict as unknown as Prisma.InputJsonValue };
  if (transition.stepOutcome && transition.stepOutcome !== "restarted") {
    const isOver = transition.stepOutcome !== "held";
    await updateStep(tx, leaving, { outcome: transition.stepOutcome, ...document, ...(isOver ? { endedAt: now } : {}) });
  }
  const isEntering = transition.stepIndex !== row.stepIndex || transition.stepOutcome === "restarted" || (row.phase === "PREPARING" && transition.phase !== "PREPARING");
  const entering = { rolloutId: row.id, attempt: row.attempt, index: transition.stepIndex };
  if (isEntering && ["SHADOWING", "STEPPING", "AWAITING_APPROVAL"].includes(transition.phase)) {
    await updateStep(tx, entering, { startedAt: now, bakingSince: null, endedAt: null, outcome: null, ...(route ? { firstRouteNumber: route.number } : {}) });
  } else if (transition.bakingSince?.getTime() === now.getTime() && (transition.phase === "SHADOWING" || transition.phase === "BAKING")) {
    await updateStep(tx, entering, { bakingSince: now });
  }
};
