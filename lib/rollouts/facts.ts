import { isReleasable, type Release } from "@/lib/governance/server";
import { readArmTotals, readPairTotals } from "@/lib/monitoring/server";
import type { Tx } from "@/lib/platform/db";
import { type EndpointRow, findLastDeployment, findRuntimeModelState, readAcknowledgement } from "@/lib/serving/server";

import { emptyPair, judge, judgeAfterPromotion, type Stratum } from "./decide";
import type { Facts, RolloutState } from "./machine";
import { stepOf } from "./machine";
import type { VerdictDocument } from "./schema";
import { listRoutesOfRollout, type RolloutRow, type StepRow } from "./store";

/** May the target version receive this environment's traffic now, and by which request? A version that served here before may come back. */
export const readRelease = async (tx: Tx, row: Pick<RolloutRow, "workspaceId" | "toVersionId" | "strategy" | "endpointId">, endpoint: EndpointRow, now: Date): Promise<Release> => {
  if (row.strategy === "rollback" && (await findLastDeployment(tx, row.endpointId, "stable", row.toVersionId))) return { ok: true, requestId: null };
  return isReleasable(tx, { workspaceId: row.workspaceId, versionId: row.toVersionId, environmentId: endpoint.environmentId }, now);
};

/** The reason that keeps a version from traffic, or null. */
export const blockOf = (release: Release): string | null => (release.ok ? null : release.reason);

/** Reads the totals of the canary steps, one stratum a route, of what was measured since each step (re)started. */
const readStrata = async (tx: Tx, row: RolloutRow, steps: StepRow[]): Promise<Stratum[]> => {
  const routes = (await listRoutesOfRollout(tx, row.id)).filter((route) => {
    const step = steps.find((candidate) => candidate.index === route.stepIndex);
    return route.candidateWeightBp > 0 && step?.kind === "canary" && step.firstRouteNumber !== null && route.number >= step.firstRouteNumber;
  });
  const totals = await readArmTotals(tx, row.endpointId, routes.map((route) => route.number));
  return routes.map((route) => ({
    routeNumber: route.number,
    stepIndex: route.stepIndex ?? 0,
    candidateWeightBp: route.candidateWeightBp,
    stable: totals.find((total) => total.routeNumber === route.number && total.arm === "stable") ?? null,
    candidate: totals.find((total) => total.routeNumber === route.number && total.arm === "candidate") ?? null,
  }));
};

const readShadow = async (tx: Tx, row: RolloutRow, step: StepRow) => {
  const routes = (await listRoutesOfRollout(tx, row.id)).filter((route) => route.mirrorBp > 0 && step.firstRouteNumber !== null && route.number >= step.firstRouteNumber).map((route) => route.number);
  const totals = await readArmTotals(tx, row.endpointId, routes);
  const merge = (arm: string) => totals.filter((total) => total.arm === arm);
  return { stable: merge("stable"), shadow: merge("shadow"), pairs: routes.length === 0 ? emptyPair : await readPairTotals(tx, row.endpointId, routes) };
};

/** Judges what the current step has measured so far; null when the phase measures nothing. */
export const readVerdict = async (tx: Tx, row: RolloutRow, state: RolloutState, steps: StepRow[]): Promise<VerdictDocument | null> => {
  if (state.phase === "POST_BAKE") {
    const before = (await readStrata(tx, row, steps)).flatMap((stratum) => (stratum.stable ? [stratum.stable] : []));
    const after = row.routeNumber === null ? [] : (await readArmTotals(tx, row.endpointId, [row.routeNumber])).filter((total) => total.arm === "stable");
    return judgeAfterPromotion(state.plan, before, after);
  }
  const measures = ["SHADOWING", "BAKING", "HELD", "AWAITING_APPROVAL"].includes(state.phase);
  if (!measures || state.heldPhase === "PREPARING") return null;
  const planned = stepOf(state);
  const index = planned?.kind === "gate" ? lastMeasured(state) : state.stepIndex;
  const step = steps.find((candidate) => candidate.index === index);
  const plan = index === undefined ? undefined : state.plan.steps[index];
  if (!step || !plan || plan.kind === "gate") return null;
  return plan.kind === "shadow"
    ? judge({ kind: "shadow", plan: state.plan, step: plan, ...(await readShadow(tx, row, step)) })
    : judge({ kind: "canary", plan: state.plan, step: plan, stepIndex: step.index, strata: await readStrata(tx, row, steps) });
};

const lastMeasured = (state: RolloutState): number | undefined => {
  for (let index = state.stepIndex - 1; index >= 0; index -= 1) if (state.plan.steps[index]?.kind !== "gate") return index;
  return undefined;
};

/** Gathers the facts of a tick inside its transaction. `target` was probed outside. */
export const readFacts = async (
  tx: Tx,
  now: Date,
  { row, endpoint, state, steps, target }: { row: RolloutRow; endpoint: EndpointRow; state: RolloutState; steps: StepRow[]; target: Facts["target"] | null },
): Promise<{ facts: Facts; verdict: VerdictDocument | null }> => {
  const acknowledgement = row.routeRevision === null ? null : await readAcknowledgement(tx, now, row.routeRevision);
  const verdict = await readVerdict(tx, row, state, steps);
  const goesBack = state.phase === "ROLLING_BACK" || state.phase === "STUCK";
  return {
    verdict,
    facts: {
      target: target ?? (await findRuntimeModelState(tx, endpoint.runtimeId, row.toVersionId)),
      isRouteApplied: acknowledgement?.isApplied ?? true,
      liveGateways: acknowledgement?.live ?? 0,
      verdict,
      releaseBlock: goesBack ? null : blockOf(await readRelease(tx, row, endpoint, now)),
    },
  };
};
