import type { z } from "zod";

import { recordChange } from "@/lib/audit/server";
import { AppError } from "@/lib/core/errors";
import { formatId, parseId } from "@/lib/core/ids";
import { decodeCursor, type Page, toPage } from "@/lib/core/pagination";
import { actorUserId, type Context, type Role, transact } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { authorize } from "./authorize";
import { problemOfRoles } from "./permissions";
import type { MemberAdd, MemberQuery, MemberUpdate, MemberView } from "./schema";
import { thenForget } from "./memory";
import { deleteMembership, findMemberRow, listMemberRows, type MemberRow, revokeTokensOf, upsertMembership } from "./store-members";
import { findPersonByEmail, lockAdmins, revokeSessions, updatePerson } from "./store-people";

export const toMemberView = (row: MemberRow): MemberView => ({
  id: formatId("user", row.id),
  name: row.name,
  email: row.email,
  roles: row.roles,
  groups: row.groups,
  isAdmin: row.isAdmin,
  isDisabled: row.disabledAt !== null,
  joinedAt: row.joinedAt.toISOString(),
  lastSeenAt: row.lastSeenAt?.toISOString() ?? null,
});

/** Raises invalid for a set of roles that can't be held together. */
export const requireRoles = (roles: readonly Role[]): void => {
  const reason = problemOfRoles(roles);
  if (reason) throw new AppError("invalid", "identity.bad_roles", reason, { invalidParams: [{ name: "roles", reason }] });
};

export const listMembers = async (ctx: Context, query: z.output<typeof MemberQuery>): Promise<Page<MemberView>> => {
  authorize(ctx, "member:read");
  const [name, id] = query.cursor ? decodeCursor(query.cursor, 2).map(String) : [];
  const after = name !== undefined && id !== undefined ? { name, id } : undefined;
  const rows = await listMemberRows(ctx.deps.db, ctx.workspace.id, { limit: query.limit, after, q: query.q, role: query.role });
  return toPage(rows, query.limit, toMemberView, (row) => [row.name, row.id]);
};

export const addMember = async (ctx: Context, input: z.output<typeof MemberAdd>): Promise<MemberView> => {
  authorize(ctx, "member:write");
  requireRoles(input.roles);
  const change = transact(ctx.deps, async (tx, now) => {
    const person = await findPersonByEmail(tx, input.email);
    if (!person) throw new AppError("not_found", "identity.no_account", "Nobody has an account with this address yet: send an invitation instead.");
    if (await findMemberRow(tx, ctx.workspace.id, person.id)) throw new AppError("conflict", "identity.already_member", `${person.name} is a member already: change the roles instead.`);
    await upsertMembership(tx, { workspaceId: ctx.workspace.id, userId: person.id, roles: input.roles, groups: input.groups, createdAt: now, createdBy: actorUserId(ctx.actor) });
    const row = await loadMember(tx, ctx, person.id);
    await recordChange(tx, ctx, now, { action: "member.add", ...targetOf(row), change: { after: { roles: input.roles, groups: input.groups } } });
    return toMemberView(row);
  });
  return thenForget(change);
};

/** Changes roles, groups and the account's state; at least one administrator who can sign in remains. */
export const updateMember = async (ctx: Context, userId: string, input: MemberUpdate): Promise<MemberView> => {
  authorize(ctx, "member:write");
  if (input.roles) requireRoles(input.roles);
  const id = parseId("user", userId);
  const change = transact(ctx.deps, async (tx, now) => {
    const before = await loadMember(tx, ctx, id);
    const changesInstallation = (input.isAdmin !== undefined && input.isAdmin !== before.isAdmin) || (input.isDisabled !== undefined && input.isDisabled !== (before.disabledAt !== null));
    if (changesInstallation) requireAdmin(ctx);
    if (input.isAdmin === false || input.isDisabled) await requireOtherAdmin(tx, before);
    await upsertMembership(tx, { workspaceId: ctx.workspace.id, userId: id, roles: input.roles ?? before.roles, groups: input.groups ?? before.groups, createdAt: now, createdBy: null });
    if (changesInstallation) {
      await updatePerson(tx, id, {
        ...(input.isAdmin === undefined ? {} : { isAdmin: input.isAdmin }),
        ...(input.isDisabled === undefined ? {} : { disabledAt: input.isDisabled ? (before.disabledAt ?? now) : null }),
      });
    }
    if (input.isDisabled) {
      await revokeSessions(tx, id, now);
      await revokeTokensOf(tx, id, now);
    }
    const after = await loadMember(tx, ctx, id);
    await recordChange(tx, ctx, now, { action: "member.update", ...targetOf(after), change: { before: stateOf(before), after: stateOf(after) } });
    return toMemberView(after);
  });
  return thenForget(change);
};

/** Removes a person from the workspace: the membership, every session and the workspace's tokens end in one transaction. */
export const removeMember = async (ctx: Context, userId: string): Promise<void> => {
  authorize(ctx, "member:write");
  const id = parseId("user", userId);
  const change = transact(ctx.deps, async (tx, now) => {
    const row = await loadMember(tx, ctx, id);
    await requireOtherAdmin(tx, row);
    await deleteMembership(tx, ctx.workspace.id, id);
    const sessions = await revokeSessions(tx, id, now);
    const tokens = await revokeTokensOf(tx, id, now, ctx.workspace.id);
    await recordChange(tx, ctx, now, { action: "member.remove", ...targetOf(row), change: { before: stateOf(row), after: { endedSessions: sessions, revokedTokens: tokens } } });
  });
  await thenForget(change);
};

const loadMember = async (tx: Tx, ctx: Context, id: string): Promise<MemberRow> => {
  const row = await findMemberRow(tx, ctx.workspace.id, id);
  if (!row) throw new AppError("not_found", "identity.member_not_found", "There is no such member in this workspace.");
  return row;
};

const requireAdmin = (ctx: Context): void => {
  if (ctx.actor.kind !== "system" && !ctx.actor.isAdmin) throw new AppError("forbidden", "identity.forbidden", "Only an administrator of the installation changes this.");
};

const requireOtherAdmin = async (tx: Tx, { id, isAdmin }: MemberRow): Promise<void> => {
  if (!isAdmin) return;
  const admins = await lockAdmins(tx);
  if (admins.includes(id) && admins.length === 1) {
    throw new AppError("conflict", "identity.last_admin", "This is the last administrator. Make another person administrator first.");
  }
};

const stateOf = ({ roles, groups, isAdmin, disabledAt }: MemberRow) => ({ roles, groups, isAdmin, isDisabled: disabledAt !== null });

/** A person as the target of an event: the id in clear, the name as a commitment that can be erased. */
export const targetOf = ({ id, name, email }: { id: string; name: string; email: string }) => ({
  target: { type: "user", id: formatId("user", id), name: "" },
  personal: { "target.name": name, "target.email": email },
});
