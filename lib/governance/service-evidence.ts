import { canonicalText, recordChange } from "@/lib/audit/server";
import { AppError } from "@/lib/core/errors";
import { formatId, newId, parseId } from "@/lib/core/ids";
import { authorize } from "@/lib/identity/server";
import { actorName, actorUserId, type Context, transact } from "@/lib/platform/context";
import type { Prisma, Tx } from "@/lib/platform/db";
import { sha256Hex } from "@/lib/platform/keys";
import { needVersion } from "@/lib/registry/server";

import { readVersionState } from "./facts";
import type { EvidenceCreate, EvidenceView } from "./schema";
import * as store from "./store";

const toView = (row: store.EvidenceRow): EvidenceView => ({
  id: formatId("evidence", row.id),
  kind: row.kind,
  name: row.name,
  digest: `sha256:${row.digest}`,
  document: row.document as Record<string, unknown>,
  createdBy: row.createdBy,
  createdAt: row.createdAt.toISOString(),
  isCurrent: row.supersededAt === null,
});

/** Attaches a document to a version. A newer one of the same kind and name replaces the former, and voids what was decided on it. */
export const addEvidence = async (ctx: Context, model: string, number: number, input: EvidenceCreate): Promise<EvidenceView> => {
  authorize(ctx, "evidence:write");
  return transact(ctx.deps, async (tx, now) => {
    const version = await needVersion(tx, ctx.workspace.id, model, number);
    await store.lockVersion(tx, version.id);
    const { kind } = input.document;
    await store.supersedeEvidence(tx, version.id, kind, input.name, now);
    const digest = sha256Hex(canonicalText(input.document));
    const row = await store.insertEvidence(tx, {
      id: newId(),
      workspaceId: ctx.workspace.id,
      versionId: version.id,
      kind,
      name: input.name,
      document: input.document as unknown as Prisma.InputJsonValue,
      digest,
      createdBy: actorName(ctx.actor),
      createdById: actorUserId(ctx.actor),
      createdAt: now,
    });
    await recordChange(tx, ctx, now, { action: "evidence.add", target: { type: "version", id: formatId("version", version.id), name: `${model} v${number}` }, change: { after: { kind, name: input.name, digest: `sha256:${digest}` } } });
    await rebindRequests(tx, ctx, now, version.id);
    return toView(row);
  });
};

/** An open request without reviews follows its version's evidence; anything decided, even in part, is void. */
const rebindRequests = async (tx: Tx, ctx: Context, now: Date, versionId: string): Promise<void> => {
  const state = await readVersionState(tx, ctx.workspace.id, versionId);
  if (!state) return;
  for (const request of await store.findLiveRequests(tx, versionId)) {
    if (request.evidenceDigest === state.evidenceDigest) continue;
    if (request.status === "OPEN" && request.reviews.length === 0) {
      await store.updateRequest(tx, request, { evidenceDigest: state.evidenceDigest });
      continue;
    }
    const reason = "The evidence changed after a decision was made on it.";
    await store.updateRequest(tx, request, { status: "STALE", closedReason: reason });
    await recordChange(tx, ctx, now, { action: "request.stale", target: { type: "request", id: formatId("request", request.id), name: `APR-${request.number}` }, because: reason, change: { before: { status: request.status }, after: { status: "STALE" } } });
  }
};

export const listEvidence = async (ctx: Context, model: string, number: number): Promise<EvidenceView[]> => {
  authorize(ctx, "model:read");
  const version = await needVersion(ctx.deps.db, ctx.workspace.id, model, number);
  return (await store.listEvidenceRows(ctx.deps.db, ctx.workspace.id, version.id)).map(toView);
};

export const getEvidence = async (ctx: Context, id: string): Promise<EvidenceView> => {
  authorize(ctx, "model:read");
  const row = await store.findEvidence(ctx.deps.db, ctx.workspace.id, parseId("evidence", id));
  if (!row) throw new AppError("not_found", "evidence.not_found", "There is no such evidence in this workspace.");
  return toView(row);
};
