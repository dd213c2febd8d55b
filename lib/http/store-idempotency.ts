import { type Database, isUniqueViolation } from "@/lib/platform/db";

export type IdempotencyClaim = { workspaceId: string; principal: string; key: string; operation: string; requestHash: Buffer; now: Date; expiresAt: Date };
export type IdempotencyRecord = { operation: string; requestHash: Uint8Array; status: number; response: unknown };

/** Status of a call that has not answered yet. */
export const pendingStatus = 0;

/** Claims a key; returns undefined when the claim is ours, or what stands there already. */
export const claimKey = async (db: Database, claim: IdempotencyClaim): Promise<IdempotencyRecord | undefined> => {
  const { workspaceId, principal, key, now } = claim;
  await db.idempotencyKey.deleteMany({ where: { workspaceId, principal, key, expiresAt: { lte: now } } });
  try {
    await db.idempotencyKey.create({
      data: { workspaceId, principal, key, operation: claim.operation, requestHash: new Uint8Array(claim.requestHash), status: pendingStatus, createdAt: now, expiresAt: claim.expiresAt },
    });
    return undefined;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const found = await db.idempotencyKey.findFirst({ where: { workspaceId, principal, key } });
    return found ?? { operation: claim.operation, requestHash: new Uint8Array(claim.requestHash), status: pendingStatus, response: null };
  }
};

export const saveResponse = async (db: Database, claim: IdempotencyClaim, status: number, response: string | null): Promise<void> => {
  const { workspaceId, principal, key } = claim;
  await db.idempotencyKey.updateMany({ where: { workspaceId, principal, key }, data: { status, ...(response === null ? {} : { response }) } });
};

export const releaseKey = async (db: Database, claim: IdempotencyClaim): Promise<void> => {
  const { workspaceId, principal, key } = claim;
  await db.idempotencyKey.deleteMany({ where: { workspaceId, principal, key, status: pendingStatus } });
};
