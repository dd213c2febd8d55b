import type { SqlTx } from "@/lib/platform/db";

/** What makes a request known again when it comes a second time. */
export type Repeatable = { fingerprint: Buffer; requestDigest: Buffer; expiresAt: Date };

/**
 * Notes that a request makes the version `versionId`, in the transaction that makes it; a twin that is under way is waited for. Returns
 * what an earlier request of the same fingerprint made instead, if any. What nobody can repeat any more is forgotten on the way.
 */
export const claimCreation = async (tx: SqlTx, workspaceId: string, { fingerprint, requestDigest, expiresAt }: Repeatable, versionId: string, now: Date): Promise<{ versionId: string; requestDigest: Buffer } | undefined> => {
  const claimed = await tx.$executeRaw`
    /* prepared as claim_version_creation */ WITH forgotten AS (
      DELETE FROM version_creation WHERE ctid IN (SELECT ctid FROM version_creation WHERE expires_at <= ${now} AND NOT (workspace_id = ${workspaceId}::uuid AND fingerprint = ${fingerprint}) LIMIT 20 FOR UPDATE SKIP LOCKED)
    ) INSERT INTO version_creation AS c (workspace_id, fingerprint, request_digest, version_id, expires_at)
    VALUES (${workspaceId}::uuid, ${fingerprint}, ${requestDigest}, ${versionId}::uuid, ${expiresAt})
    ON CONFLICT (workspace_id, fingerprint) DO UPDATE SET request_digest = excluded.request_digest, version_id = excluded.version_id, expires_at = excluded.expires_at
    WHERE c.expires_at <= ${now}`;
  if (claimed === 1) return undefined;
  const [earlier] = await tx.$queryRaw<{ versionId: string; requestDigest: Uint8Array }[]>`SELECT version_id AS "versionId", request_digest AS "requestDigest" FROM version_creation WHERE workspace_id = ${workspaceId}::uuid AND fingerprint = ${fingerprint}`;
  if (!earlier) throw new Error("what kept a version from being made is gone within the transaction that met it");
  return { versionId: earlier.versionId, requestDigest: Buffer.from(earlier.requestDigest) };
};

/** Notes that a request now makes `versionId`, because what it made before is gone. */
export const repointCreation = async (tx: SqlTx, workspaceId: string, { fingerprint, requestDigest, expiresAt }: Repeatable, versionId: string): Promise<void> => {
  await tx.$executeRaw`UPDATE version_creation SET request_digest = ${requestDigest}, version_id = ${versionId}::uuid, expires_at = ${expiresAt} WHERE workspace_id = ${workspaceId}::uuid AND fingerprint = ${fingerprint}`;
};
