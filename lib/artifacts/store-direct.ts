import { newId } from "@/lib/core/ids";
import { type Tx } from "@/lib/platform/db";

export type DirectUploadRow = { id: string; workspaceId: string; path: string; name: string; storeUploadId: string; parts: number; completedAt: Date | null };

const select = { id: true, workspaceId: true, path: true, name: true, storeUploadId: true, parts: true, completedAt: true } as const;

export const insertDirectUpload = async (tx: Tx, upload: Omit<DirectUploadRow, "id" | "completedAt">, expiresAt: Date, now: Date): Promise<string> => {
  const id = newId(now.getTime());
  await tx.directUpload.create({ data: { id, ...upload, createdAt: now, expiresAt } });
  return id;
};

export const findDirectUpload = async (tx: Tx, workspaceId: string, id: string): Promise<DirectUploadRow | undefined> => (await tx.directUpload.findFirst({ where: { workspaceId, id }, select })) ?? undefined;

/** Holds an upload until `expiresAt` at least; false when it was given up meanwhile. */
export const extendDirectUpload = async (tx: Tx, id: string, expiresAt: Date): Promise<boolean> => (await tx.directUpload.updateMany({ where: { id }, data: { expiresAt } })).count === 1;

/** Notes that an upload is complete; false when it was already, or was given up. The row stays for a while, for clients that ask twice. */
export const completeDirectUpload = async (tx: Tx, id: string, now: Date): Promise<boolean> => (await tx.directUpload.updateMany({ where: { id, completedAt: null }, data: { completedAt: now } })).count === 1;

/** Gives up an upload that is not complete. */
export const deleteDirectUpload = async (tx: Tx, id: string): Promise<void> => {
  await tx.directUpload.deleteMany({ where: { id, completedAt: null } });
};

/** Gives up an upload whose time is over; false when it was completed or held meanwhile. */
export const expireDirectUpload = async (tx: Tx, id: string, now: Date): Promise<boolean> => (await tx.directUpload.deleteMany({ where: { id, completedAt: null, expiresAt: { lt: now } } })).count === 1;

/** Forgets uploads that are complete and old. */
export const forgetCompletedUploads = async (tx: Tx, now: Date): Promise<number> => (await tx.directUpload.deleteMany({ where: { completedAt: { not: null }, expiresAt: { lt: now } } })).count;

export const listExpiredUploads = (tx: Tx, now: Date, limit: number): Promise<DirectUploadRow[]> => tx.directUpload.findMany({ where: { completedAt: null, expiresAt: { lt: now } }, orderBy: { expiresAt: "asc" }, take: limit, select });

export const insertPendingBlob = async (tx: Tx, pending: { workspaceId: string; name: string; path: string }, now: Date): Promise<void> => {
  await tx.pendingBlob.create({ data: { ...pending, dueAt: now, createdAt: now } });
};

export type PendingClaim = { workspaceId: string; name: string; path: string; attempt: number };

/** Takes bytes that are due to be hashed, until `leaseEndsAt`; undefined when they are hashed or another worker has them. */
export const claimPending = async (tx: Tx, name: string, now: Date, leaseEndsAt: Date): Promise<PendingClaim | undefined> => {
  const [row] = await tx.$queryRaw<PendingClaim[]>`
    UPDATE pending_blob SET attempts = attempts + 1, due_at = ${leaseEndsAt} WHERE name = ${name} AND due_at <= ${now}
    RETURNING workspace_id AS "workspaceId", name, path, attempts AS attempt`;
  return row;
};

/** Gives a claim back, due again at `dueAt`. */
export const postponePending = async (tx: Tx, { name, attempt }: PendingClaim, dueAt: Date): Promise<void> => {
  await tx.pendingBlob.updateMany({ where: { name, attempts: attempt }, data: { dueAt } });
};

export const listDuePending = async (tx: Tx, now: Date, limit: number): Promise<string[]> =>
  (await tx.pendingBlob.findMany({ where: { dueAt: { lte: now } }, orderBy: { dueAt: "asc" }, take: limit, select: { name: true } })).map(({ name }) => name);

/** Holds the pending row to the end of the transaction; false when somebody settled it. */
export const lockPending = async (tx: Tx, name: string): Promise<boolean> => (await tx.$queryRaw<unknown[]>`SELECT 1 FROM pending_blob WHERE name = ${name} FOR UPDATE`).length > 0;

/** Puts the digest wherever the provisional name stands; the pending row goes with it. */
export const settlePendingBlob = async (tx: Tx, name: string, blob: { sha256: string; size: number }, now: Date): Promise<void> => {
  await tx.$queryRaw`SELECT settle_pending_blob(${name}::bpchar, ${blob.sha256}::bpchar, ${blob.size}::bigint, ${now}::timestamptz)::text`;
};
