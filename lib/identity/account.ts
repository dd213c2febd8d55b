import { recordChange } from "@/lib/audit/server";
import { AppError } from "@/lib/core/errors";
import { formatId, parseId } from "@/lib/core/ids";
import { type Actor, actorUserId, type Context, type Deps, transact } from "@/lib/platform/context";

import { contextFor } from "./authenticate";
import { can, permissions } from "./permissions";
import { hashPassword, requireGoodPassword, verifyPassword } from "./passwords";
import type { Principal, SessionPrincipal } from "./principal";
import type { MeView, PersonView, SessionView } from "./schema";
import { findHomeWorkspace, listWorkspacesOf } from "./store";
import { findPerson, listSessions as listSessionRows, revokeSession as revokeSessionRow, revokeSessions, updatePerson } from "./store-people";
import { deviceOf } from "./user-agent";

/** Who acts in this workspace, and every right that it holds here. */
export const describeMe = (ctx: Context): MeView => {
  const { actor } = ctx;
  if (actor.kind === "system") throw new AppError("forbidden", "identity.forbidden", "The system has no account.");
  const isToken = actor.kind === "token";
  return {
    kind: actor.kind,
    user: { id: formatId("user", actorUserId(actor) ?? ""), name: isToken ? actor.userName : actor.name, isAdmin: actor.isAdmin },
    token: isToken ? { id: formatId("token", actor.id), name: actor.name, scopes: actor.scopes } : null,
    roles: actor.roles,
    groups: isToken ? [] : actor.groups,
    permissions: permissions.filter((permission) => can(actor, permission)),
  };
};

/** Who is signed in, and the workspaces that are theirs; a token sees its own workspace only. */
export const describePerson = async (deps: Deps, principal: Principal): Promise<PersonView> => {
  const found = await listWorkspacesOf(deps.db, principal.userId, principal.isAdmin);
  const visible = principal.kind === "token" ? found.filter(({ id }) => id === principal.workspaceId) : found;
  const isToken = principal.kind === "token";
  return {
    user: { id: formatId("user", principal.userId), name: isToken ? principal.userName : principal.name, email: isToken ? null : principal.email, isAdmin: principal.isAdmin },
    workspaces: visible.map(({ name, title, roles, groups }) => ({ name, title, roles, groups })),
  };
};

/** Refuses what only a person at the keyboard may do with their own account. */
export const requirePerson = (principal: Principal): SessionPrincipal => {
  if (principal.kind !== "session") throw new AppError("forbidden", "identity.person_only", "Sign in as a person: a token can't change an account.");
  return principal;
};

export const listSessions = async (deps: Deps, person: SessionPrincipal): Promise<{ items: SessionView[] }> => {
  const rows = await listSessionRows(deps.db, person.userId, await deps.clock.now(deps.db));
  return {
    items: rows.map((row) => ({
      id: formatId("session", row.id),
      isCurrent: row.id === person.sessionId,
      signedInAt: row.authTime.toISOString(),
      lastSeenAt: row.lastSeenAt.toISOString(),
      expiresAt: row.expiresAt.toISOString(),
      ip: row.ip,
      device: deviceOf(row.userAgent ?? ""),
    })),
  };
};

export const endSession = async (deps: Deps, person: SessionPrincipal, sessionId: string, requestId: string): Promise<void> => {
  const id = parseId("session", sessionId);
  await transact(deps, async (tx, now) => {
    if (!(await revokeSessionRow(tx, person.userId, id, now))) throw new AppError("not_found", "identity.session_not_found", "There is no such open session of yours.");
    const ctx = await homeContext(deps, person, requestId);
    if (ctx) await recordChange(tx, ctx, now, { action: "session.revoke", target: { type: "session", id: sessionId, name: "" } });
  });
};

/** Changes the password of the person who is signed in; every session but this one ends. */
export const changePassword = async (deps: Deps, person: SessionPrincipal, input: { currentPassword: string; newPassword: string }, requestId: string): Promise<void> => {
  const found = await findPerson(deps.db, person.userId);
  if (!found || !(await verifyPassword(input.currentPassword, found.passwordHash))) {
    throw new AppError("invalid", "identity.wrong_password", "The current password is wrong.", { invalidParams: [{ name: "currentPassword", reason: "is wrong" }] });
  }
  requireGoodPassword(input.newPassword, [person.name, person.email, person.email.split("@")[0] ?? ""]);
  const passwordHash = await hashPassword(input.newPassword);
  await transact(deps, async (tx, now) => {
    await updatePerson(tx, person.userId, { passwordHash });
    const ended = await revokeSessions(tx, person.userId, now, person.sessionId);
    const ctx = await homeContext(deps, person, requestId);
    if (ctx) await recordChange(tx, ctx, now, { action: "member.password", target: { type: "user", id: formatId("user", person.userId), name: "" }, personal: { "target.name": person.name }, change: { after: { endedSessions: ended } } });
  });
};

const homeContext = async (deps: Deps, person: SessionPrincipal, requestId: string): Promise<Context | undefined> => {
  const workspace = await findHomeWorkspace(deps.db, person.userId);
  const { userId: id, name, email, isAdmin, sessionId, authTime } = person;
  const actor: Actor = { kind: "user", id, name, email, isAdmin, roles: [], groups: [], sessionId, authTime };
  return workspace ? { deps, actor, workspace, requestId } : undefined;
};

/** Tells whether a principal may read the metrics of a process: by scope and role in the token's workspace, or in any of a person's. */
export const mayReadMetrics = async (deps: Deps, principal: Principal): Promise<boolean> => {
  const { workspaces } = await describePerson(deps, principal);
  for (const { name } of workspaces) {
    const { actor } = await contextFor(deps, principal, name, "");
    if (can(actor, "metrics:read")) return true;
  }
  return false;
};
