import { type Tx } from "@/lib/platform/db";

export const deleteOldResults = (tx: Tx, before: Date, limit: number): Promise<number> =>
  tx.$executeRaw`DELETE FROM monitor_result WHERE ctid = ANY(ARRAY(SELECT ctid FROM monitor_result WHERE window_start < ${before} ORDER BY window_start LIMIT ${limit} FOR UPDATE SKIP LOCKED))`;

/** Deletes profiles with the notes of which batches they hold. */
export const deleteOldProfiles = async (tx: Tx, before: Date, limit: number): Promise<number> => {
  const gone = await tx.$queryRaw<{ id: string }[]>`
    DELETE FROM window_profile WHERE ctid = ANY(ARRAY(SELECT ctid FROM window_profile WHERE window_start < ${before} ORDER BY window_start LIMIT ${limit} FOR UPDATE SKIP LOCKED)) RETURNING id`;
  if (gone.length > 0) await tx.$executeRaw`DELETE FROM window_profile_batch WHERE profile_id = ANY(${gone.map(({ id }) => id)}::uuid[])`;
  return gone.length;
};

/** Deletes marks of consumed batches that no log row can come back for. */
export const deleteOldBatchMarks = (tx: Tx, before: Date, limit: number): Promise<number> =>
  tx.$executeRaw`
    DELETE FROM consumed_batch WHERE ctid = ANY(ARRAY(
      SELECT c.ctid FROM consumed_batch c WHERE c.consumed_at < ${before} AND NOT EXISTS (SELECT 1 FROM inference.batch b WHERE b.id = c.batch_id) LIMIT ${limit} FOR UPDATE OF c SKIP LOCKED))`;
