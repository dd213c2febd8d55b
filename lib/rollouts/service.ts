import { recordChange } from "@/lib/audit/server";
import { AppError } from "@/lib/core/errors";
import { formatId, newId, parseId } from "@/lib/core/ids";
import { decodeCursor, type Page, toPage } from "@/lib/core/pagination";
import { denialOf } from "@/lib/identity";
import { authorize } from "@/lib/identity/server";
import { actorName, actorUserId, type Context, transact } from "@/lib/platform/context";
import { isUniqueViolation, type Tx } from "@/lib/platform/db";
import { findVersionByNumber, loadServable } from "@/lib/registry/server";
import { currentRoute, type EndpointRow, findEndpointById, lockEndpoint, readAcknowledgement, requireEndpoint, versionNumbers } from "@/lib/serving/server";

import { applyTransition, planSteps } from "./apply";
import { blockOf, readRelease, readVerdict } from "./facts";
import { advance, allowedActions, type RolloutEvent } from "./machine";
import { defaultPlan, type RolloutPlan, type RolloutStrategy } from "./plan";
import type { RolloutCreate, RolloutSummary, RolloutView, VerdictDocument, VerdictPoint } from "./schema";
import { toState } from "./state";
import * as store from "./store";
import { toRolloutView } from "./view";

const noAcknowledgement = { live: 0, applied: 0, isApplied: false };

const describe = async (tx: Tx, ctx: Context, row: store.RolloutRow, endpoint: EndpointRow, now: Date): Promise<RolloutView> => {
  const steps = await store.listStepRows(tx, row.id, row.attempt);
  const last = row.endedAt ? ((await store.findLastStepVerdict(tx, row.id, steps.length)) ?? (await store.findLatestVerdict(tx, row.id))) : await store.findLatestVerdict(tx, row.id);
  const route = await currentRoute(tx, endpoint);
  const numbers = await versionNumbers(tx, ctx.workspace.id, [row.fromVersionId, row.toVersionId, route?.stableVersionId ?? null, route?.candidateVersionId ?? null, route?.mirrorVersionId ?? null]);
  const target = await loadServable(tx, ctx.workspace.id, row.toVersionId);
  return toRolloutView({
    row,
    endpoint,
    steps,
    verdict: last ? { document: last.document as unknown as VerdictDocument, at: last.at } : null,
    route,
    acknowledgement: route ? await readAcknowledgement(tx, now, route.revision) : noAcknowledgement,
    numbers,
    toDigest: target?.manifestDigest ?? null,
    denial: denialOf(ctx.actor, "rollout:execute") ?? null,
    now,
  });
};

const busy = (cause?: unknown): AppError => new AppError("conflict", "rollout.endpoint_busy", "A rollout is already active on this endpoint. Let it end, or roll it back, before starting another.", cause === undefined ? {} : { cause });

/** Ends what a new rollout may end: the judging window after a promotion. Anything else keeps the endpoint busy. */
const makeRoom = async (tx: Tx, ctx: Context, now: Date, endpoint: EndpointRow): Promise<void> => {
  const active = await store.findActiveRollout(tx, endpoint.id);
  if (!active) return;
  const steps = await store.listStepRows(tx, active.id, active.attempt);
  const transition = advance(toState(active, steps, endpoint), { type: "supersede", reason: "A new rollout ends the judging window." }, now);
  if (transition?.phase !== "SUCCEEDED") throw busy();
  await applyTransition(tx, ctx, now, { row: active, endpoint, transition, verdict: null, raisesEpoch: true });
};

type Start = { endpoint: EndpointRow; toVersionId: string; strategy: RolloutStrategy; plan: RolloutPlan; comment: string | undefined };

/** Inserts a rollout on a locked endpoint that has room for it; the approval is checked now and again at every route. */
const insert = async (tx: Tx, ctx: Context, now: Date, { endpoint, toVersionId, strategy, plan, comment }: Start): Promise<store.RolloutRow> => {
  const id = newId();
  const base = { workspaceId: ctx.workspace.id, endpointId: endpoint.id, toVersionId, strategy };
  const release = await readRelease(tx, base, endpoint, now);
  if (!release.ok) throw new AppError("forbidden", "rollout.not_releasable", release.reason);
  const row = await store.insertRollout(tx, {
    ...base,
    id,
    fromVersionId: endpoint.stableVersionId,
    requestId: release.requestId,
    plan: plan,
    phase: "PENDING",
    reason: comment ?? null,
    phaseSince: now,
    nextTickAt: now,
    createdBy: actorName(ctx.actor),
    createdById: actorUserId(ctx.actor),
    createdAt: now,
  });
  await store.insertSteps(tx, planSteps(row, plan));
  const numbers = await versionNumbers(tx, ctx.workspace.id, [endpoint.stableVersionId, toVersionId]);
  await recordChange(tx, ctx, now, {
    action: "rollout.start",
    target: { type: "rollout", id: formatId("rollout", id), name: endpoint.name },
    reason: comment,
    change: { after: { strategy, environment: endpoint.environment.name, from: endpoint.stableVersionId ? (numbers.get(endpoint.stableVersionId) ?? null) : null, to: numbers.get(toVersionId) ?? null, steps: plan.steps.length } },
    event: { data: { plan } },
  });
  return row;
};

const wake = (ctx: Context, rolloutId: string): Promise<void> => ctx.deps.jobs.send("rollout.tick", { rolloutId });

/** Starts a rollout; raises conflict when one is active, forbidden when the version may not be released there. */
export const startRollout = async (ctx: Context, input: RolloutCreate): Promise<RolloutView> => {
  authorize(ctx, "rollout:execute");
  try {
    const view = await transact(ctx.deps, async (tx, now) => {
      const found = await requireEndpoint(tx, ctx, input.endpoint, input.environment);
      authorize(ctx, "rollout:execute", { endpointId: found.id });
      const locked = await lockEndpoint(tx, ctx.workspace.id, found.id);
      if (!locked) throw new AppError("not_found", "endpoint.not_found", "There is no such endpoint in this workspace.");
      await makeRoom(tx, ctx, now, locked);
      const endpoint = (await findEndpointById(tx, ctx.workspace.id, locked.id)) ?? locked;
      const version = await findVersionByNumber(tx, ctx.workspace.id, endpoint.modelId, input.version);
      if (!version) throw new AppError("not_found", "version.not_found", `The model ${endpoint.model.name} has no version ${input.version}.`);
      if (version.id === endpoint.stableVersionId) throw new AppError("conflict", "rollout.already_stable", `Version ${input.version} already serves ${endpoint.name}.`);
      const hasSteps = input.strategy === "canary" || input.strategy === "shadow";
      const plan = input.plan ?? defaultPlan(input.strategy);
      if (hasSteps && !endpoint.stableVersionId) throw new AppError("unprocessable", "rollout.no_stable", "The endpoint serves no version yet, so there is nothing to compare with. Use the strategy all_at_once for its first version.");
      if (hasSteps && plan.steps.length === 0) throw new AppError("unprocessable", "rollout.no_steps", `A ${input.strategy} rollout needs at least one step.`);
      if (!hasSteps && plan.steps.length > 0) throw new AppError("unprocessable", "rollout.unexpected_steps", `A rollout of the strategy ${input.strategy} has no steps; use canary.`);
      if (input.strategy === "shadow" && plan.steps.some((step) => step.kind === "canary")) throw new AppError("unprocessable", "rollout.unexpected_steps", "A shadow rollout only mirrors; use canary for steps with traffic.");
      const row = await insert(tx, ctx, now, { endpoint, toVersionId: version.id, strategy: input.strategy, plan, comment: input.comment });
      return describe(tx, ctx, row, endpoint, now);
    });
    await wake(ctx, parseId("rollout", view.id));
    return view;
  } catch (error) {
    if (isUniqueViolation(error, "endpoint_id") || isUniqueViolation(error, "rollout_active_key")) throw busy(error);
    throw error;
  }
};

export type RolloutVerb = "promote" | "hold" | "resume" | "abort" | "rollback";

/** A person's act on a rollout. It takes effect in this transaction: it never waits for a worker, and fences the one in flight. */
export const actOnRollout = async (ctx: Context, rollout: string, verb: RolloutVerb, reason: string): Promise<RolloutView> => {
  authorize(ctx, "rollout:execute");
  const id = parseId("rollout", rollout);
  const view = await transact(ctx.deps, async (tx, now) => {
    const seen = await store.findRollout(tx, ctx.workspace.id, id);
    if (!seen) throw new AppError("not_found", "rollout.not_found", "There is no such rollout in this workspace.");
    authorize(ctx, "rollout:execute", { endpointId: seen.endpointId });
    return act(tx, ctx, now, seen, verb, reason);
  });
  await wake(ctx, id);
  return view;
};

const act = async (tx: Tx, ctx: Context, now: Date, seen: store.RolloutRow, verb: RolloutVerb, reason: string): Promise<RolloutView> => {
  const endpoint = await lockEndpoint(tx, ctx.workspace.id, seen.endpointId);
  const row = await store.lockRollout(tx, seen.id);
  if (!endpoint || !row) throw new AppError("not_found", "endpoint.not_found", "The endpoint of this rollout was deleted.");
  const steps = await store.listStepRows(tx, row.id, row.attempt);
  const state = toState(row, steps, endpoint);
  const event: RolloutEvent = { type: verb, reason };
  const refusal = allowedActions(state)[verb];
  if (refusal) throw new AppError("conflict", "rollout.not_possible", `${refusal} The rollout is ${row.phase}.`, { details: { phase: row.phase } });
  if (verb === "promote" || verb === "resume") {
    const block = blockOf(await readRelease(tx, row, endpoint, now));
    if (block) throw new AppError("forbidden", "rollout.not_releasable", block);
    const verdict = await readVerdict(tx, row, state, steps);
    if (verb === "promote" && (verdict?.overall === "harmful" || verdict?.overall === "invalid")) throw new AppError("conflict", "rollout.not_safe", `This step can't be skipped: ${verdict.reason}`);
  }
  const transition = advance(state, event, now);
  if (!transition) throw new AppError("conflict", "rollout.not_possible", "The rollout can't do that now. Look at it again.");
  if (verb === "abort" || verb === "rollback") await store.updateRollout(tx, row.id, { abortRequestedAt: now, abortMode: verb, abortReason: reason });
  const updated = await applyTransition(tx, ctx, now, { row, endpoint, transition, verdict: null, raisesEpoch: true });
  const fresh = (await findEndpointById(tx, ctx.workspace.id, endpoint.id)) ?? endpoint;
  return describe(tx, ctx, updated, fresh, now);
};

/**
 * One click back: an active rollout is rolled back; otherwise the version before the serving one is released by a
 * rollout of the strategy `rollback`, at once when it is still warm.
 */
export const rollBackEndpoint = async (ctx: Context, endpointName: string, environment: string | undefined, reason: string): Promise<RolloutView> => {
  authorize(ctx, "rollout:execute");
  const view = await transact(ctx.deps, async (tx, now) => {
    const found = await requireEndpoint(tx, ctx, endpointName, environment);
    authorize(ctx, "rollout:execute", { endpointId: found.id });
    const endpoint = await lockEndpoint(tx, ctx.workspace.id, found.id);
    if (!endpoint) throw new AppError("not_found", "endpoint.not_found", "There is no such endpoint in this workspace.");
    const active = await store.findActiveRollout(tx, endpoint.id);
    if (active) return act(tx, ctx, now, active, "rollback", reason);
    if (!endpoint.previousVersionId) throw new AppError("conflict", "rollout.no_previous", "No earlier version of this endpoint is known to go back to. Start a rollout of the version that you want.");
    const row = await insert(tx, ctx, now, { endpoint, toVersionId: endpoint.previousVersionId, strategy: "rollback", plan: defaultPlan("rollback"), comment: reason });
    return describe(tx, ctx, row, endpoint, now);
  });
  await wake(ctx, parseId("rollout", view.id));
  return view;
};

export const getRollout = async (ctx: Context, rollout: string): Promise<RolloutView> => {
  authorize(ctx, "rollout:read");
  return transact(ctx.deps, async (tx, now) => {
    const row = await store.findRollout(tx, ctx.workspace.id, parseId("rollout", rollout));
    const endpoint = row && (await store.findEndpointOfRollout(tx, row));
    if (!row || !endpoint) throw new AppError("not_found", "rollout.not_found", "There is no such rollout in this workspace.");
    return describe(tx, ctx, row, endpoint, now);
  });
};

export type RolloutQuery = { endpoint?: string | undefined; environment?: string | undefined; state?: "active" | "ended" | undefined; limit: number; cursor?: string | undefined };

export const listRollouts = async (ctx: Context, query: RolloutQuery): Promise<Page<RolloutSummary>> => {
  authorize(ctx, "rollout:read");
  return transact(ctx.deps, async (tx) => {
    const [createdAt, id] = query.cursor ? decodeCursor(query.cursor, 2) : [];
    const endpointId = query.endpoint ? (await requireEndpoint(tx, ctx, query.endpoint, query.environment)).id : undefined;
    const rows = await store.listRolloutRows(tx, ctx.workspace.id, { ...query, endpointId, after: createdAt === undefined ? undefined : { createdAt: new Date(createdAt), id: String(id) } });
    const numbers = await versionNumbers(tx, ctx.workspace.id, rows.flatMap((row) => [row.fromVersionId, row.toVersionId]));
    const routes = await store.listCurrentWeights(tx, rows.filter((row) => row.endedAt === null).map((row) => row.id));
    return toPage(
      rows,
      query.limit,
      (row): RolloutSummary => ({
        id: formatId("rollout", row.id),
        endpoint: row.endpoint.name,
        environment: row.endpoint.environment.name,
        isProduction: row.endpoint.environment.isProduction,
        model: row.endpoint.model.name,
        strategy: row.strategy as RolloutStrategy,
        from: row.fromVersionId ? (numbers.get(row.fromVersionId) ?? null) : null,
        to: numbers.get(row.toVersionId) ?? 0,
        phase: row.phase,
        phaseSince: row.phaseSince.toISOString(),
        reason: row.reason,
        createdBy: row.createdBy,
        createdAt: row.createdAt.toISOString(),
        endedAt: row.endedAt?.toISOString() ?? null,
        weightBp: routes.get(row.id)?.candidateWeightBp ?? 0,
        mirrorBp: routes.get(row.id)?.mirrorBp ?? 0,
      }),
      (row) => [row.createdAt.toISOString(), row.id],
    );
  });
};

/** The looks of a rollout's analysis for its charts, thinned to at most 400. */
export const listVerdicts = async (ctx: Context, rollout: string): Promise<VerdictPoint[]> => {
  authorize(ctx, "rollout:read");
  const row = await store.findRollout(ctx.deps.db, ctx.workspace.id, parseId("rollout", rollout));
  if (!row) throw new AppError("not_found", "rollout.not_found", "There is no such rollout in this workspace.");
  const looks = await store.listVerdictRows(ctx.deps.db, row.id, 400);
  return looks.map((look) => ({ at: look.at.toISOString(), stepIndex: look.stepIndex, attempt: look.attempt, document: look.document as unknown as VerdictDocument }));
};

/** How many rollouts are active, for the navigation. */
export const countActiveRollouts = async (ctx: Context): Promise<number> => store.countActiveRollouts(ctx.deps.db, ctx.workspace.id);
