import { newId } from "@/lib/core/ids";
import type { Role } from "@/lib/platform/context";
import { type Tx } from "@/lib/platform/db";

import { knownRoles } from "./store";

export type InvitationRow = {
  id: string;
  workspaceId: string;
  email: string;
  roles: Role[];
  groups: string[];
  createdBy: string | null;
  createdAt: Date;
  expiresAt: Date;
  acceptedAt: Date | null;
  revokedAt: Date | null;
};

type Found = Omit<InvitationRow, "roles"> & { roles: string[] };
const toRow = (found: Found): InvitationRow => ({ ...found, roles: knownRoles(found.roles) });

export const insertInvitation = async (tx: Tx, row: Omit<InvitationRow, "id" | "acceptedAt" | "revokedAt"> & { tokenHash: Buffer }): Promise<InvitationRow> =>
  toRow(await tx.invitation.create({ data: { id: newId(row.createdAt.getTime()), ...row, tokenHash: new Uint8Array(row.tokenHash) } }));

/** Takes back the open invitations of an address, so that only its newest link works. */
export const revokeOpenInvitations = async (tx: Tx, workspaceId: string, email: string, now: Date): Promise<number> =>
  (await tx.invitation.updateMany({ where: { workspaceId, email, acceptedAt: null, revokedAt: null }, data: { revokedAt: now } })).count;

export const findInvitationByHash = async (tx: Tx, tokenHash: Buffer): Promise<(InvitationRow & { workspace: { id: string; name: string; title: string } }) | null> => {
  const found = await tx.invitation.findFirst({ where: { tokenHash: new Uint8Array(tokenHash) } });
  const workspace = found ? await tx.workspace.findFirst({ where: { id: found.workspaceId }, select: { id: true, name: true, title: true } }) : null;
  return found && workspace ? { ...toRow(found), workspace } : null;
};

export const findInvitation = async (tx: Tx, workspaceId: string, id: string): Promise<InvitationRow | null> => {
  const found = await tx.invitation.findFirst({ where: { workspaceId, id } });
  return found ? toRow(found) : null;
};

/** Uses an invitation up: true for exactly one caller, and only while it is open at `now`. */
export const claimInvitation = async (tx: Tx, id: string, now: Date): Promise<boolean> =>
  (await tx.invitation.updateMany({ where: { id, acceptedAt: null, revokedAt: null, expiresAt: { gt: now } }, data: { acceptedAt: now } })).count === 1;

export const setAcceptedBy = async (tx: Tx, id: string, userId: string): Promise<void> => {
  await tx.invitation.update({ where: { id }, data: { acceptedBy: userId } });
};

export const revokeInvitationRow = async (tx: Tx, workspaceId: string, id: string, now: Date): Promise<boolean> =>
  (await tx.invitation.updateMany({ where: { workspaceId, id, acceptedAt: null, revokedAt: null }, data: { revokedAt: now } })).count === 1;

export const listInvitationRows = async (tx: Tx, workspaceId: string, limit: number, before?: { createdAt: Date; id: string }): Promise<InvitationRow[]> => {
  const found = await tx.invitation.findMany({
    where: { workspaceId, ...(before ? { OR: [{ createdAt: { lt: before.createdAt } }, { createdAt: before.createdAt, id: { lt: before.id } }] } : {}) },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: limit + 1,
  });
  return found.map(toRow);
};

/** Names of people by id, for lists that say who did something. */
export const namesOf = async (tx: Tx, ids: readonly string[]): Promise<Map<string, string>> => {
  const found = await tx.user.findMany({ where: { id: { in: [...new Set(ids)] } }, select: { id: true, name: true } });
  return new Map(found.map(({ id, name }) => [id, name]));
};
