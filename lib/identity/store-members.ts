import type { Role } from "@/lib/platform/context";
import { type Tx } from "@/lib/platform/db";

import { normalEmail } from "./email";
import { knownRoles } from "./store";

export type MemberRow = { id: string; name: string; email: string; isAdmin: boolean; disabledAt: Date | null; roles: Role[]; groups: string[]; joinedAt: Date; lastSeenAt: Date | null };

const include = { user: { include: { sessions: { orderBy: { lastSeenAt: "desc" }, take: 1, select: { lastSeenAt: true } } } } } as const;

type Found = { roles: string[]; groups: string[]; createdAt: Date; user: { id: string; name: string; email: string; isAdmin: boolean; disabledAt: Date | null; sessions: { lastSeenAt: Date }[] } };

const toRow = ({ user, roles, groups, createdAt }: Found): MemberRow => ({
  id: user.id,
  name: user.name,
  email: user.email,
  isAdmin: user.isAdmin,
  disabledAt: user.disabledAt,
  roles: knownRoles(roles),
  groups,
  joinedAt: createdAt,
  lastSeenAt: user.sessions[0]?.lastSeenAt ?? null,
});

export type MemberFilter = { limit: number; after?: { name: string; id: string } | undefined; q?: string | undefined; role?: Role | undefined };

/** Members by name, one more than `limit` so that the caller sees whether others follow. */
export const listMemberRows = async (tx: Tx, workspaceId: string, { limit, after, q, role }: MemberFilter): Promise<MemberRow[]> => {
  const found = await tx.membership.findMany({
    where: {
      workspaceId,
      ...(role ? { roles: { has: role } } : {}),
      AND: [
        q ? { user: { OR: [{ name: { contains: q, mode: "insensitive" } }, { email: { contains: q, mode: "insensitive" } }] } } : {},
        after ? { OR: [{ user: { name: { gt: after.name } } }, { user: { name: after.name, id: { gt: after.id } } }] } : {},
      ],
    },
    include,
    orderBy: [{ user: { name: "asc" } }, { user: { id: "asc" } }],
    take: limit + 1,
  });
  return found.map(toRow);
};

export const findMemberRow = async (tx: Tx, workspaceId: string, userId: string): Promise<MemberRow | null> => {
  const found = await tx.membership.findFirst({ where: { workspaceId, userId }, include });
  return found ? toRow(found) : null;
};

export const findMemberRowByEmail = async (tx: Tx, workspaceId: string, email: string): Promise<MemberRow | null> => {
  const found = await tx.membership.findFirst({ where: { workspaceId, user: { email: normalEmail(email) } }, include });
  return found ? toRow(found) : null;
};

export const upsertMembership = async (tx: Tx, row: { workspaceId: string; userId: string; roles: Role[]; groups: string[]; createdAt: Date; createdBy: string | null }): Promise<void> => {
  const { workspaceId, userId, roles, groups } = row;
  await tx.membership.upsert({ where: { workspaceId_userId: { workspaceId, userId } }, create: row, update: { roles, groups } });
};

export const deleteMembership = async (tx: Tx, workspaceId: string, userId: string): Promise<void> => {
  await tx.membership.delete({ where: { workspaceId_userId: { workspaceId, userId } } });
};

/** Revokes the tokens of a person, in one workspace or in all of them; returns how many. */
export const revokeTokensOf = async (tx: Tx, userId: string, now: Date, workspaceId?: string): Promise<number> =>
  (await tx.apiToken.updateMany({ where: { userId, revokedAt: null, ...(workspaceId ? { workspaceId } : {}) }, data: { revokedAt: now } })).count;
