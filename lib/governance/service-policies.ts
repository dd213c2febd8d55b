import { canonicalText, recordChange } from "@/lib/audit/server";
import { formatId, newId } from "@/lib/core/ids";
import { authorize } from "@/lib/identity/server";
import { actorUserId, type Context, transact } from "@/lib/platform/context";
import { AppError } from "@/lib/core/errors";
import type { Tx } from "@/lib/platform/db";
import { sha256Hex } from "@/lib/platform/keys";
import { requireEnvironment } from "@/lib/serving/server";

import { protectionOf } from "./protection";
import { PolicyDocument, type PolicyView } from "./schema";
import { findCurrentPolicy, insertPolicy, type PolicyRow } from "./store";

const toView = (environment: { name: string; isProduction: boolean }, row: PolicyRow): PolicyView => {
  const document = PolicyDocument.parse(row.document);
  return { environment: environment.name, revision: row.revision, digest: `sha256:${row.digest}`, document, protects: protectionOf(document, environment), createdAt: row.createdAt.toISOString() };
};

/** Adds a revision of an environment's policy; revisions never change. Used by the seed too. */
export const insertPolicyRevision = (tx: Tx, { workspaceId, environmentId, revision, document, createdBy, now }: { workspaceId: string; environmentId: string; revision: number; document: PolicyDocument; createdBy: string | null; now: Date }) =>
  insertPolicy(tx, { id: newId(), workspaceId, environmentId, revision, document: document, digest: sha256Hex(canonicalText(document)), createdBy, createdAt: now });

export const getPolicy = async (ctx: Context, environment: string): Promise<PolicyView> => {
  authorize(ctx, "environment:read");
  const found = await requireEnvironment(ctx.deps.db, ctx.workspace.id, environment);
  const row = await findCurrentPolicy(ctx.deps.db, found.id);
  if (!row) throw new AppError("not_found", "policy.not_found", `The environment ${environment} has no policy yet.`);
  return toView(found, row);
};

/** Revises an environment's policy. Approvals given under the former revision no longer count. */
export const revisePolicy = async (ctx: Context, environment: string, document: PolicyDocument): Promise<PolicyView> => {
  authorize(ctx, "policy:write");
  return transact(ctx.deps, async (tx, now) => {
    const found = await requireEnvironment(tx, ctx.workspace.id, environment);
    const before = await findCurrentPolicy(tx, found.id);
    const row = await insertPolicyRevision(tx, { workspaceId: ctx.workspace.id, environmentId: found.id, revision: (before?.revision ?? 0) + 1, document, createdBy: actorUserId(ctx.actor), now });
    await recordChange(tx, ctx, now, { action: "policy.revise", target: { type: "environment", id: formatId("environment", found.id), name: environment }, change: { ...(before ? { before: before.document } : {}), after: document } });
    return toView(found, row);
  });
};
