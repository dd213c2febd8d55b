import { AppError } from "@/lib/core/errors";
import { formatId } from "@/lib/core/ids";
import { actorUserId, type Context, type Role } from "@/lib/platform/context";

import { authorize } from "./authorize";
import { findMemberRow, findMemberRowByEmail, listMemberRows, type MemberRow } from "./store-members";
import { findPerson } from "./store-people";

/** A person as other systems see them: known by address, with roles in the context's workspace. */
export type KnownMember = { id: string; email: string; name: string; isAdmin: boolean; roles: Role[] };

const toKnown = ({ id, email, name, isAdmin, roles }: MemberRow): KnownMember => ({ id: formatId("user", id), email, name, isAdmin, roles });

/** Who acts; an administrator who is no member of the workspace holds no roles in it. */
export const findSelf = async (ctx: Context): Promise<KnownMember> => {
  const userId = actorUserId(ctx.actor);
  const person = userId === null ? null : await findPerson(ctx.deps.db, userId);
  if (!person) throw new AppError("not_found", "identity.member_not_found", "Nobody acts here: the system has no account.");
  const row = await findMemberRow(ctx.deps.db, ctx.workspace.id, person.id);
  return row ? toKnown(row) : { id: formatId("user", person.id), email: person.email, name: person.name, isAdmin: person.isAdmin, roles: [] };
};

/** A member by address: oneself, or anyone with member:read; raises not_found. */
export const findMemberByEmail = async (ctx: Context, email: string): Promise<KnownMember> => {
  const row = await findMemberRowByEmail(ctx.deps.db, ctx.workspace.id, email);
  if (!row || row.id !== actorUserId(ctx.actor)) authorize(ctx, "member:read");
  if (!row) throw new AppError("not_found", "identity.member_not_found", `There is no member "${email.slice(0, 200)}" in this workspace.`);
  return toKnown(row);
};

const maxListed = 1_000;

/** The first 1000 members by name. */
export const listKnownMembers = async (ctx: Context): Promise<KnownMember[]> => {
  authorize(ctx, "member:read");
  return (await listMemberRows(ctx.deps.db, ctx.workspace.id, { limit: maxListed })).slice(0, maxListed).map(toKnown);
};
