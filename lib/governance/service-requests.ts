import { recordChange } from "@/lib/audit/server";
import { dayMs } from "@/lib/core/durations";
import { AppError } from "@/lib/core/errors";
import { formatId, newId, parseId, tryParseId } from "@/lib/core/ids";
import { decodeCursor, type Page, toPage } from "@/lib/core/pagination";
import { authorize, systemContext, takeNumber } from "@/lib/identity/server";
import { actorUserId, type Context, type Deps, transact } from "@/lib/platform/context";
import { isUniqueViolation, type Tx } from "@/lib/platform/db";
import { needVersion } from "@/lib/registry/server";
import { requireEnvironment, versionNumbers } from "@/lib/serving/server";

import { blockersOf } from "./checks";
import { type RequestFacts, statusAfter, whyNotDecide } from "./decide";
import { checksOf, policyOf, readVersionState, type VersionState } from "./facts";
import type { DossierView, RequestCreate, RequestStatus, RequestView, ReviewCreate } from "./schema";
import * as store from "./store";
import { toPeople, toRequestView, toYou } from "./view";

const target = (row: store.RequestRow) => ({ type: "request", id: formatId("request", row.id), name: `APR-${row.number}` });

const namesOf = async (tx: Tx, rows: readonly store.RequestRow[]): Promise<Map<string, string>> =>
  new Map((await store.findPeople(tx, [...new Set(rows.map((row) => row.requestedBy))])).map((person) => [person.id, person.name]));

const requireRequest = async (tx: Tx, ctx: Context, text: string): Promise<store.RequestRow> => {
  const display = /^APR-(\d{1,9})$/i.exec(text)?.[1];
  const row = display ? await store.findRequestByNumber(tx, ctx.workspace.id, Number(display)) : await store.findRequestById(tx, ctx.workspace.id, tryParseId("request", text) ?? parseId("request", text));
  if (!row) throw new AppError("not_found", "request.not_found", `There is no promotion request "${text.slice(0, 60)}" in this workspace.`);
  return row;
};

const requireState = async (tx: Tx, workspaceId: string, versionId: string): Promise<VersionState> => {
  const state = await readVersionState(tx, workspaceId, versionId);
  if (!state) throw new AppError("not_found", "version.not_found", "There is no such version in this workspace.");
  return state;
};

const factsOf = (row: store.RequestRow, state: VersionState, members: { userId: string; groups: string[] }[]): RequestFacts => ({
  status: row.status as RequestStatus,
  requestedBy: row.requestedBy,
  contributorIds: [state.version.createdById, ...state.version.evidence.map((item) => item.createdById)].filter((id): id is string => id !== null),
  policy: policyOf(row.policy),
  reviews: row.reviews.map((review) => ({ reviewerId: review.reviewerId, decision: review.decision, groups: members.find((member) => member.userId === review.reviewerId)?.groups ?? [] })),
});

/** Asks for a version's release into an environment. It may be opened with evidence missing: the request shows what is missing. */
export const openRequest = async (ctx: Context, input: RequestCreate): Promise<RequestView> => {
  authorize(ctx, "request:create");
  const requestedBy = actorUserId(ctx.actor);
  if (!requestedBy) throw new AppError("forbidden", "request.needs_person", "A request needs a person behind it.");
  try {
    return await transact(ctx.deps, async (tx, now) => {
      const version = await needVersion(tx, ctx.workspace.id, input.model, input.version);
      const environment = await requireEnvironment(tx, ctx.workspace.id, input.environment);
      await store.lockVersion(tx, version.id);
      const state = await requireState(tx, ctx.workspace.id, version.id);
      const policyRow = await store.findCurrentPolicy(tx, environment.id);
      if (!policyRow) throw new AppError("conflict", "request.no_policy", `The environment ${environment.name} has no policy yet.`);
      const policy = policyOf(policyRow);
      if (policy.approvals.minimum === 0) throw new AppError("conflict", "request.not_needed", `The environment ${environment.name} asks for no approval; release the version directly.`);
      if (!state.version.manifestDigest) throw new AppError("unprocessable", "request.no_manifest", "The version's files are not frozen, so nothing can be approved. Register it from files that can be read.");
      if (state.version.status === "refused") throw new AppError("unprocessable", "request.refused", `The version was refused: ${state.version.statusReason ?? "see its inspection"}.`);
      const row = await store.insertRequest(tx, {
        id: newId(),
        workspaceId: ctx.workspace.id,
        number: await takeNumber(tx, ctx.workspace.id, "promotion_request"),
        versionId: version.id,
        environmentId: environment.id,
        policyId: policyRow.id,
        status: "OPEN",
        comment: input.comment ?? null,
        manifestDigest: state.version.manifestDigest,
        evidenceDigest: state.evidenceDigest,
        requestedBy,
        requestedAt: now,
        expiresAt: new Date(now.getTime() + policy.requestExpiresDays * dayMs),
      });
      await recordChange(tx, ctx, now, {
        action: "request.open",
        target: target(row),
        reason: input.comment,
        change: { after: { version: `${input.model} v${input.version}`, environment: environment.name, policyRevision: policyRow.revision, manifestDigest: `sha256:${row.manifestDigest}`, evidenceDigest: `sha256:${row.evidenceDigest}` } },
      });
      return toRequestView(row, await namesOf(tx, [row]), ctx.actor);
    });
  } catch (error) {
    if (isUniqueViolation(error, "version_id") || isUniqueViolation(error, "promotion_request_open_key")) {
      throw new AppError("conflict", "request.exists", "This version already has a live request for this environment. Look under Approvals.", { cause: error });
    }
    throw error;
  }
};

const describe = async (tx: Tx, ctx: Context, row: store.RequestRow): Promise<DossierView> => {
  const state = await requireState(tx, ctx.workspace.id, row.versionId);
  const members = (await store.listPeople(tx, ctx.workspace.id)).map((member) => ({ userId: member.userId, name: member.user.name, roles: member.roles, groups: member.groups }));
  const facts = factsOf(row, state, members);
  const checks = checksOf(state, facts.policy);
  const people = toPeople(row, facts, members, ctx.actor);
  const endpoints = await store.listEndpointsOfModel(tx, row.environmentId, state.version.modelId);
  const numbers = await versionNumbers(tx, ctx.workspace.id, endpoints.map((endpoint) => endpoint.stableVersionId));
  const stableId = endpoints.find((endpoint) => endpoint.stableVersionId)?.stableVersionId;
  const stable = stableId ? await store.findVersionNumber(tx, ctx.workspace.id, stableId) : null;
  return {
    ...toRequestView(row, await namesOf(tx, [row]), ctx.actor),
    checks: [...checks].sort((a, b) => rank(a.status) - rank(b.status)),
    people,
    nobodyCanDecide: row.status === "OPEN" && !people.some((person) => person.mayDecide),
    you: toYou(row, facts, checks, ctx.actor),
    changes: [
      { what: "Serving version", now: stable ? `v${stable.number}` : null, after: `v${state.version.number}` },
      { what: "Artifact", now: stable?.manifestDigest ? `sha256:${stable.manifestDigest}` : null, after: `sha256:${row.manifestDigest}` },
      ...metricChanges(state),
    ],
    endpoints: endpoints.map((endpoint) => ({ name: endpoint.name, stable: endpoint.stableVersionId ? (numbers.get(endpoint.stableVersionId) ?? null) : null })),
  };
};

const rank = (status: string): number => ["FAIL", "MISSING", "PASS"].indexOf(status);

type Figures = { metrics?: { name: string; value: number }[]; baseline?: { metrics?: { name: string; value: number }[] } };
const metricChanges = (state: VersionState): DossierView["changes"] => {
  const document = state.version.evidence.find((item) => item.kind === "evaluation")?.document as Figures | undefined;
  return (document?.metrics ?? []).map((metric) => {
    const before = document?.baseline?.metrics?.find((candidate) => candidate.name === metric.name);
    return { what: `${metric.name}, offline`, now: before ? before.value.toFixed(4) : null, after: metric.value.toFixed(4) };
  });
};

/** The dossier of a request: evidence, people with reasons, what changes. By `req_…` id or APR-n. */
export const getRequest = async (ctx: Context, id: string): Promise<DossierView> => {
  authorize(ctx, "request:read");
  return transact(ctx.deps, async (tx) => describe(tx, ctx, await requireRequest(tx, ctx, id)));
};

export type RequestQuery = { status?: string | undefined; environment?: string | undefined; model?: string | undefined; mine?: boolean | undefined; /** Open ones of others that the actor has not decided. */ waiting?: boolean | undefined; limit: number; cursor?: string | undefined };

export const listRequests = async (ctx: Context, query: RequestQuery): Promise<Page<RequestView>> => {
  authorize(ctx, "request:read");
  return transact(ctx.deps, async (tx) => {
    const [requestedAt, id] = query.cursor ? decodeCursor(query.cursor, 2) : [];
    const rows = await store.listRequestRows(tx, ctx.workspace.id, {
      ...query,
      ...(query.mine ? { requestedBy: actorUserId(ctx.actor) ?? undefined } : {}),
      ...(query.waiting ? { status: "OPEN", undecidedBy: actorUserId(ctx.actor) ?? undefined } : {}),
      after: requestedAt === undefined ? undefined : { requestedAt: new Date(requestedAt), id: String(id) },
    });
    const names = await namesOf(tx, rows);
    return toPage(rows, query.limit, (row) => toRequestView(row, names, ctx.actor), (row) => [row.requestedAt.toISOString(), row.id]);
  });
};

export const countOpenRequests = async (ctx: Context): Promise<number> => store.countOpenRequests(ctx.deps.db, ctx.workspace.id);

const lost = (): AppError => new AppError("conflict", "request.changed", "The request changed while you decided. Look at it again.");

/** Records one person's decision and what follows from it. The checks are judged again now; digests bind the decision. */
export const reviewRequest = async (ctx: Context, id: string, input: ReviewCreate): Promise<DossierView> => {
  authorize(ctx, "request:decide");
  const { actor } = ctx;
  if (actor.kind !== "user") throw new AppError("forbidden", "request.needs_person", "Only a signed-in person may decide; a token never may. Sign in to the console.");
  return transact(ctx.deps, async (tx, now) => {
    const found = await requireRequest(tx, ctx, id);
    await store.lockVersion(tx, found.versionId);
    const row = await requireRequest(tx, ctx, id);
    const state = await requireState(tx, ctx.workspace.id, row.versionId);
    const members = (await store.listPeople(tx, ctx.workspace.id)).map((member) => ({ userId: member.userId, groups: member.groups }));
    const facts = factsOf(row, state, members);
    const refusal = whyNotDecide(facts, { userId: actor.id, roles: actor.roles, groups: actor.groups });
    if (refusal) throw new AppError(row.status === "OPEN" ? "forbidden" : "conflict", "request.may_not_decide", `You can't decide this: ${refusal}`);
    const current = await store.findCurrentPolicy(tx, row.environmentId);
    if (row.manifestDigest !== state.version.manifestDigest || row.evidenceDigest !== state.evidenceDigest || row.policyId !== current?.id) throw new AppError("conflict", "request.stale", "Artifact, evidence or policy changed since this was requested. Withdraw it and open a new request.");
    if (input.decision === "approve") {
      const blockers = blockersOf(checksOf(state, facts.policy));
      if (blockers) throw new AppError("conflict", "request.checks_failed", `Approve is blocked. ${blockers}`);
    }
    await store.insertReview(tx, { id: newId(), workspaceId: ctx.workspace.id, requestId: row.id, reviewerId: actor.id, decision: input.decision, comment: input.comment, manifestDigest: row.manifestDigest, evidenceDigest: row.evidenceDigest, authTime: actor.authTime, decidedAt: now });
    const status = statusAfter(facts.policy, [...facts.reviews, { reviewerId: actor.id, decision: input.decision, groups: actor.groups }]);
    const isDecided = status !== "OPEN";
    const written = await store.updateRequest(tx, row, {
      status,
      ...(isDecided ? { decidedAt: now } : {}),
      ...(status === "APPROVED" ? { validUntil: new Date(now.getTime() + facts.policy.approvalValidDays * dayMs) } : {}),
      ...(status === "REJECTED" ? { closedReason: input.comment } : {}),
    });
    if (!written) throw lost();
    await recordChange(tx, ctx, now, { action: `review.${input.decision}`, target: target(row), reason: input.comment, change: { before: { status: row.status }, after: { status, version: `${row.version.model.name} v${row.version.number}`, environment: row.environment.name } } });
    return describe(tx, ctx, await requireRequest(tx, ctx, id));
  });
};

export const withdrawRequest = async (ctx: Context, id: string, reason: string): Promise<DossierView> => {
  authorize(ctx, "request:create");
  return transact(ctx.deps, async (tx, now) => {
    const row = await requireRequest(tx, ctx, id);
    if (row.requestedBy !== actorUserId(ctx.actor)) throw new AppError("forbidden", "request.not_yours", "Only the person who requested this may withdraw it.");
    if (row.status !== "OPEN") throw new AppError("conflict", "request.not_open", `The request is ${row.status.toLowerCase()} and can't be withdrawn.`);
    if (!(await store.updateRequest(tx, row, { status: "WITHDRAWN", closedReason: reason }))) throw lost();
    await recordChange(tx, ctx, now, { action: "request.withdraw", target: target(row), reason, change: { before: { status: row.status }, after: { status: "WITHDRAWN" } } });
    return describe(tx, ctx, await requireRequest(tx, ctx, id));
  });
};

/** Expires what nobody decided in time and approvals past their validity; never approves. Safe to run twice. */
export const expireRequests = async (deps: Deps): Promise<number> => {
  const due = await store.listExpiredRequests(deps.db, await deps.clock.now(deps.db));
  for (const row of due) {
    const ctx = systemContext(deps, { id: row.workspaceId, name: "" }, "Governance");
    await transact(deps, async (tx, now) => {
      const reason = row.status === "OPEN" ? "Nobody decided in time." : "The approval's validity ended.";
      if (!(await store.updateRequest(tx, row, { status: "EXPIRED", closedReason: reason }))) return;
      await recordChange(tx, ctx, now, { action: "request.expire", target: target(row), because: reason, change: { before: { status: row.status }, after: { status: "EXPIRED" } } });
    });
  }
  return due.length;
};

/** The whole dossier as one file: the request, its checks with the documents behind them, the policy, the reviews. */
export const readDossierFile = async (ctx: Context, id: string): Promise<{ name: string; text: string }> => {
  authorize(ctx, "request:read");
  return transact(ctx.deps, async (tx, now) => {
    const row = await requireRequest(tx, ctx, id);
    const view = await describe(tx, ctx, row);
    const evidence = (await store.listEvidenceRows(tx, ctx.workspace.id, row.versionId)).map((item) => ({ kind: item.kind, name: item.name, digest: `sha256:${item.digest}`, createdBy: item.createdBy, createdAt: item.createdAt.toISOString(), isCurrent: item.supersededAt === null, document: item.document }));
    const text = JSON.stringify({ schemaVersion: 1, exportedAt: now.toISOString(), workspace: ctx.workspace.name, request: view, policy: row.policy.document, evidence }, null, 2);
    return { name: `APR-${row.number}-dossier.json`, text: `${text}\n` };
  });
};
