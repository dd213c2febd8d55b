import { newId } from "@/lib/core/ids";
import type { Actor, Context, Deps, Role } from "@/lib/platform/context";

import type { TestDeps } from "./deps";

type WorkspaceRow = { id: string; name: string };
type UserRow = { id: string; name: string; email: string };

let made = 0;
const nextNumber = (): number => (made += 1);

const timeOf = (deps: Deps): Promise<Date> => deps.clock.now(deps.db);

/** Makes a workspace with the three environments of a new installation. */
export const makeWorkspace = async (deps: Deps, name = `workspace-${nextNumber()}`): Promise<WorkspaceRow> => {
  const now = await timeOf(deps);
  const id = newId();
  await deps.db.workspace.create({ data: { id, name, title: name, createdAt: now } });
  for (const [position, environment] of ["development", "staging", "production"].entries()) {
    await deps.db.environment.create({ data: { id: newId(), workspaceId: id, name: environment, position, isProduction: environment === "production", createdAt: now } });
  }
  return { id, name };
};

export type UserOptions = { name?: string; email?: string; isAdmin?: boolean; passwordHash?: string };

/** Makes a person who belongs to no workspace yet. */
export const makeUser = async (deps: Deps, options: UserOptions = {}): Promise<UserRow> => {
  const number = nextNumber();
  const user = { id: newId(), name: options.name ?? `Person ${number}`, email: options.email ?? `person-${number}@example.org` };
  await deps.db.user.create({ data: { ...user, passwordHash: options.passwordHash ?? "!", isAdmin: options.isAdmin ?? false, createdAt: await timeOf(deps) } });
  return user;
};

export const makeMember = async (deps: Deps, workspaceId: string, userId: string, roles: Role[], groups: string[] = []): Promise<void> => {
  await deps.db.membership.create({ data: { workspaceId, userId, roles, groups, createdAt: await timeOf(deps) } });
};

export type ContextOptions = { roles?: Role[]; groups?: string[]; isAdmin?: boolean; workspace?: WorkspaceRow; name?: string };

/** A signed-in person with `roles` (maintainer by default) in `workspace` (a new one by default); all rows are real. */
export const testContext = async (deps: TestDeps, options: ContextOptions = {}): Promise<Context & { actor: Extract<Actor, { kind: "user" }> }> => {
  const { roles = ["maintainer"], groups = [], isAdmin = false } = options;
  const workspace = options.workspace ?? (await makeWorkspace(deps));
  const user = await makeUser(deps, { isAdmin, ...(options.name ? { name: options.name } : {}) });
  await makeMember(deps, workspace.id, user.id, roles, groups);
  const now = await timeOf(deps);
  const sessionId = newId();
  await deps.db.userSession.create({ data: { id: sessionId, userId: user.id, createdAt: now, lastSeenAt: now, authTime: now, expiresAt: new Date(now.getTime() + 86_400_000) } });
  return { deps, workspace, requestId: `test-${sessionId}`, actor: { kind: "user", ...user, isAdmin, roles, groups, sessionId, authTime: now } };
};

/** The same workspace as `context`, seen by an API token of its actor. Only the actor is made, no row: services see actors. */
export const withToken = (context: Context & { actor: Extract<Actor, { kind: "user" }> }, scopes: string[], endpointIds: string[] = []): Context => {
  const { id, name, isAdmin, roles } = context.actor;
  return { ...context, actor: { kind: "token", id: newId(), name: "test", userId: id, userName: name, isAdmin, roles, scopes, endpointIds } };
};

