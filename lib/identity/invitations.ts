import type { z } from "zod";

import { recordChange } from "@/lib/audit/server";
import { dayMs } from "@/lib/core/durations";
import { AppError } from "@/lib/core/errors";
import { formatId, parseId } from "@/lib/core/ids";
import { decodeCursor, type Page, toPage } from "@/lib/core/pagination";
import { type Actor, actorUserId, type Context, type Deps, transact } from "@/lib/platform/context";
import { isUniqueViolation } from "@/lib/platform/db";
import { sha256 } from "@/lib/platform/keys";

import { authorize } from "./authorize";
import { requireRoles, targetOf } from "./members";
import { hashPassword, requireGoodPassword } from "./passwords";
import type { InvitationAccept, InvitationCreate, InvitationView } from "./schema";
import { requirePassword } from "./sign-in";
import {
  claimInvitation, findInvitation, findInvitationByHash, insertInvitation, type InvitationRow, listInvitationRows, namesOf, revokeInvitationRow, revokeOpenInvitations, setAcceptedBy,
} from "./store-invitations";
import { findMemberRow, upsertMembership } from "./store-members";
import { findPersonByEmail, insertPerson } from "./store-people";
import { randomBase62 } from "./token-format";

const lifetimeMs = 7 * dayMs;

export const statusOfInvitation = (row: Pick<InvitationRow, "acceptedAt" | "revokedAt" | "expiresAt">, now: Date): InvitationView["status"] =>
  row.acceptedAt ? "accepted" : row.revokedAt ? "revoked" : row.expiresAt <= now ? "expired" : "open";

const toView = (row: InvitationRow, now: Date, creator: string | null): InvitationView => ({
  id: formatId("invitation", row.id),
  email: row.email,
  roles: row.roles,
  groups: row.groups,
  status: statusOfInvitation(row, now),
  createdAt: row.createdAt.toISOString(),
  createdBy: creator,
  expiresAt: row.expiresAt.toISOString(),
  acceptedAt: row.acceptedAt?.toISOString() ?? null,
});

export const listInvitations = async (ctx: Context, query: { limit: number; cursor?: string | undefined }): Promise<Page<InvitationView>> => {
  authorize(ctx, "member:read");
  const { db, clock } = ctx.deps;
  const [at, id] = query.cursor ? decodeCursor(query.cursor, 2) : [];
  const rows = await listInvitationRows(db, ctx.workspace.id, query.limit, at !== undefined && id !== undefined ? { createdAt: new Date(at), id: String(id) } : undefined);
  const names = await namesOf(db, rows.flatMap(({ createdBy }) => createdBy ?? []));
  const now = await clock.now(db);
  return toPage(rows, query.limit, (row) => toView(row, now, names.get(row.createdBy ?? "") ?? null), (row) => [row.createdAt.toISOString(), row.id]);
};

/** Makes a one-time link for an address and returns it; only its hash is kept. An earlier open link of the address stops working. */
export const createInvitation = async (ctx: Context, input: z.output<typeof InvitationCreate>): Promise<{ invitation: InvitationView; url: string }> => {
  authorize(ctx, "member:write");
  requireRoles(input.roles);
  const secret = randomBase62(43);
  return transact(ctx.deps, async (tx, now) => {
    const person = await findPersonByEmail(tx, input.email);
    if (person && (await findMemberRow(tx, ctx.workspace.id, person.id))) throw new AppError("conflict", "identity.already_member", `${input.email} is a member already: change the roles instead.`);
    await revokeOpenInvitations(tx, ctx.workspace.id, input.email, now);
    const row = await insertInvitation(tx, {
      workspaceId: ctx.workspace.id, ...input, tokenHash: sha256(secret), createdBy: actorUserId(ctx.actor), createdAt: now, expiresAt: new Date(now.getTime() + lifetimeMs),
    });
    await recordChange(tx, ctx, now, {
      action: "member.invite",
      target: { type: "invitation", id: formatId("invitation", row.id), name: "" },
      personal: { "target.name": input.email },
      change: { after: { roles: input.roles, groups: input.groups, expiresAt: row.expiresAt } },
    });
    const creator = ctx.actor.kind === "token" ? ctx.actor.userName : ctx.actor.name;
    return { invitation: toView(row, now, creator), url: `${ctx.deps.env.publicUrl.replace(/\/$/, "")}/join/${secret}` };
  });
};

export const revokeInvitation = async (ctx: Context, invitationId: string): Promise<void> => {
  authorize(ctx, "member:write");
  const id = parseId("invitation", invitationId);
  await transact(ctx.deps, async (tx, now) => {
    const row = await findInvitation(tx, ctx.workspace.id, id);
    if (!row) throw new AppError("not_found", "identity.invitation_not_found", "There is no such invitation.");
    if (!(await revokeInvitationRow(tx, ctx.workspace.id, id, now))) throw new AppError("conflict", "identity.invitation_closed", "This invitation was used or taken back already.");
    await recordChange(tx, ctx, now, { action: "member.invite_revoke", target: { type: "invitation", id: invitationId, name: "" }, personal: { "target.name": row.email } });
  });
};

export type JoinPage = { state: "open"; email: string; workspaceTitle: string; roles: string[]; hasAccount: boolean } | { state: "unknown" | "accepted" | "expired" | "revoked" };

/** What the page behind a one-time link shows. */
export const describeInvitation = async (deps: Deps, secret: string): Promise<JoinPage> => {
  const row = await findInvitationByHash(deps.db, sha256(secret));
  if (!row) return { state: "unknown" };
  const status = statusOfInvitation(row, await deps.clock.now(deps.db));
  if (status !== "open") return { state: status };
  return { state: "open", email: row.email, workspaceTitle: row.workspace.title, roles: row.roles, hasAccount: (await findPersonByEmail(deps.db, row.email)) !== null };
};

const closedLink = (state: string): AppError =>
  new AppError("conflict", "identity.invitation_closed", state === "expired" ? "This link has expired. Ask for a new one." : "This link was used or taken back already. Ask for a new one.");

/**
 * Joins a workspace by a one-time link: makes the account of the invited address, or, where it exists, asks for its password. The
 * link works once, whoever comes first.
 */
export const acceptInvitation = async (deps: Deps, input: z.output<typeof InvitationAccept>, from: { ip: string; userAgent: string; requestId: string }): Promise<{ email: string; workspace: string }> => {
  const invitation = await findInvitationByHash(deps.db, sha256(input.token));
  if (!invitation) throw new AppError("not_found", "identity.invitation_not_found", "This link is not one of ours. Check that it was copied whole.");
  const { email, roles, groups, workspace } = invitation;
  const status = statusOfInvitation(invitation, await deps.clock.now(deps.db));
  if (status !== "open") throw closedLink(status);
  const existing = await findPersonByEmail(deps.db, email);
  if (existing) await requirePassword(deps, { email, password: input.password, ...from });
  else requireGoodPassword(input.password, [input.name, email, email.split("@")[0] ?? ""]);
  const passwordHash = existing ? undefined : await hashPassword(input.password);
  return transact(deps, async (tx, now) => {
    if (!(await claimInvitation(tx, invitation.id, now))) throw closedLink("accepted");
    const name = existing?.name ?? input.name;
    const userId = existing?.id ?? (await insertPerson(tx, { email, name, passwordHash: passwordHash ?? "", isAdmin: false, createdAt: now }).catch(refuseTwin));
    await setAcceptedBy(tx, invitation.id, userId);
    await upsertMembership(tx, { workspaceId: workspace.id, userId, roles, groups, createdAt: now, createdBy: invitation.createdBy });
    const actor: Actor = { kind: "user", id: userId, name, email, isAdmin: existing?.isAdmin ?? false, roles, groups, sessionId: invitation.id, authTime: now };
    await recordChange(tx, { deps, actor, workspace, requestId: from.requestId }, now, {
      action: "member.join",
      ...targetOf({ id: userId, name, email }),
      change: { after: { roles, groups } },
      because: `invitation ${formatId("invitation", invitation.id)}`,
    });
    return { email, workspace: workspace.name };
  });
};

const refuseTwin = (error: unknown): never => {
  if (isUniqueViolation(error)) throw new AppError("conflict", "identity.account_exists", "An account with this address was made just now. Open the link again and enter its password.", { cause: error });
  throw error;
};
