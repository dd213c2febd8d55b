import { type Tx } from "@/lib/platform/db";
import type { Role } from "@/lib/platform/context";

import { roles } from "./permissions";

const isRole = (text: string): text is Role => (roles as readonly string[]).includes(text);

/** Keeps the roles that this release knows: a database may already hold those of a later one. */
export const knownRoles = (held: readonly string[]): Role[] => held.filter(isRole);

export type FoundSession = { id: string; authTime: Date; expiresAt: Date; revokedAt: Date | null; lastSeenAt: Date; user: { id: string; name: string; email: string; isAdmin: boolean; disabledAt: Date | null } };

const userFields = { id: true, name: true, email: true, isAdmin: true, disabledAt: true } as const;

export const findSession = (tx: Tx, id: string): Promise<FoundSession | null> =>
  tx.userSession.findFirst({ where: { id }, select: { id: true, authTime: true, expiresAt: true, revokedAt: true, lastSeenAt: true, user: { select: userFields } } });

export const touchSession = async (tx: Tx, id: string, now: Date): Promise<void> => {
  await tx.userSession.updateMany({ where: { id }, data: { lastSeenAt: now } });
};

export const findTokenByHash = (tx: Tx, hash: Uint8Array) =>
  tx.apiToken.findFirst({ where: { tokenHash: new Uint8Array(hash) }, include: { user: { select: userFields } } });

export const touchToken = async (tx: Tx, id: string, now: Date): Promise<void> => {
  await tx.apiToken.updateMany({ where: { id }, data: { lastUsedAt: now } });
};

export type WorkspaceAccess = { id: string; name: string; title: string; membership: { roles: Role[]; groups: string[] } | null };

/** A workspace by its name, with the membership of one person in it, if any. */
export const findWorkspaceAccess = async (tx: Tx, name: string, userId: string): Promise<WorkspaceAccess | null> => {
  const row = await tx.workspace.findFirst({ where: { name, deletedAt: null }, include: { memberships: { where: { userId } } } });
  if (!row) return null;
  const membership = row.memberships[0];
  return { id: row.id, name: row.name, title: row.title, membership: membership ? { roles: knownRoles(membership.roles), groups: membership.groups } : null };
};

export type WorkspaceOfPerson = { id: string; name: string; title: string; description: string | null; roles: Role[]; groups: string[] };

/** The workspaces that a person may enter, oldest first: their own, and all of them for an administrator. */
export const listWorkspacesOf = async (tx: Tx, userId: string, isAdmin: boolean): Promise<WorkspaceOfPerson[]> => {
  const rows = await tx.workspace.findMany({
    where: { deletedAt: null, ...(isAdmin ? {} : { memberships: { some: { userId } } }) },
    include: { memberships: { where: { userId } } },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  return rows.map(({ id, name, title, description, memberships }) => ({ id, name, title, description, roles: knownRoles(memberships[0]?.roles ?? []), groups: memberships[0]?.groups ?? [] }));
};

/** The workspace whose log holds what isn't about any one workspace: the person's oldest, or the installation's first. */
export const findHomeWorkspace = async (tx: Tx, userId?: string): Promise<{ id: string; name: string } | null> => {
  const select = { id: true, name: true } as const;
  const orderBy = [{ createdAt: "asc" }, { id: "asc" }] as const;
  const own = userId ? await tx.workspace.findFirst({ where: { deletedAt: null, memberships: { some: { userId } } }, select, orderBy: [...orderBy] }) : null;
  return own ?? tx.workspace.findFirst({ where: { deletedAt: null }, select, orderBy: [...orderBy] });
};
