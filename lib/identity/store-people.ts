import { newId } from "@/lib/core/ids";
import { type Tx } from "@/lib/platform/db";

export type PersonRow = { id: string; email: string; name: string; passwordHash: string; isAdmin: boolean; disabledAt: Date | null };

export const findPersonByEmail = (tx: Tx, email: string): Promise<PersonRow | null> => tx.user.findFirst({ where: { email } });
export const findPerson = (tx: Tx, id: string): Promise<PersonRow | null> => tx.user.findFirst({ where: { id } });

export const insertPerson = async (tx: Tx, row: { email: string; name: string; passwordHash: string; isAdmin: boolean; createdAt: Date }): Promise<string> => {
  const id = newId();
  await tx.user.create({ data: { id, ...row } });
  return id;
};

export const updatePerson = async (tx: Tx, id: string, data: { passwordHash?: string; isAdmin?: boolean; disabledAt?: Date | null }): Promise<void> => {
  await tx.user.update({ where: { id }, data });
};

/** Ids of the administrators who can sign in, locked until the transaction ends, so that two can't remove each other. */
export const lockAdmins = async (tx: Tx): Promise<string[]> => {
  const rows = await tx.$queryRaw<{ id: string }[]>`SELECT id::text AS id FROM app_user WHERE is_admin AND disabled_at IS NULL ORDER BY created_at, id FOR UPDATE`;
  return rows.map(({ id }) => id);
};

export const insertSession = async (tx: Tx, session: { userId: string; now: Date; expiresAt: Date; ip: string; userAgent: string }): Promise<string> => {
  const id = newId();
  const { userId, now, expiresAt, ip, userAgent } = session;
  await tx.userSession.create({ data: { id, userId, createdAt: now, lastSeenAt: now, authTime: now, expiresAt, ip, userAgent: userAgent.slice(0, 400) } });
  return id;
};

export const listSessions = (tx: Tx, userId: string, now: Date) =>
  tx.userSession.findMany({ where: { userId, revokedAt: null, expiresAt: { gt: now } }, orderBy: { lastSeenAt: "desc" }, take: 100 });

/** Ends one session of a person; false when there is no such open one. */
export const revokeSession = async (tx: Tx, userId: string, id: string, now: Date): Promise<boolean> =>
  (await tx.userSession.updateMany({ where: { id, userId, revokedAt: null }, data: { revokedAt: now } })).count > 0;

/** Ends every session of a person, but `except` where given; returns how many. */
export const revokeSessions = async (tx: Tx, userId: string, now: Date, except?: string): Promise<number> =>
  (await tx.userSession.updateMany({ where: { userId, revokedAt: null, ...(except ? { id: { not: except } } : {}) }, data: { revokedAt: now } })).count;

export const countFailures = async (tx: Tx, { emailHash, ip, since }: { emailHash: Buffer; ip: string; since: Date }): Promise<{ ofAccount: number; ofAddress: number }> => {
  const [ofAccount, ofAddress] = [
    await tx.signInFailure.count({ where: { emailHash: new Uint8Array(emailHash), at: { gt: since } } }),
    await tx.signInFailure.count({ where: { ip, at: { gt: since } } }),
  ];
  return { ofAccount, ofAddress };
};

export const insertFailure = async (tx: Tx, { emailHash, ip, at }: { emailHash: Buffer; ip: string; at: Date }): Promise<void> => {
  await tx.signInFailure.create({ data: { id: newId(), emailHash: new Uint8Array(emailHash), ip, at } });
};

/** Forgets the failures of an account after it signed in, and those that are too old to count. */
export const clearFailures = async (tx: Tx, emailHash: Buffer, before: Date): Promise<void> => {
  await tx.signInFailure.deleteMany({ where: { OR: [{ emailHash: new Uint8Array(emailHash) }, { at: { lt: before } }] } });
};
