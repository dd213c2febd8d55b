import { type Tx } from "@/lib/platform/db";

/** Takes the manifest from versions that were deleted before `before` and never deployed nor asked to be. */
export const releaseDueVersions = async (tx: Tx, before: Date, limit: number): Promise<{ workspaceId: string }[]> => {
  const held = await tx.$queryRaw<{ id: string }[]>`
    SELECT v.id FROM model_version v JOIN version_hold h ON h.version_id = v.id WHERE v.deleted_at <= ${before} AND v.manifest_id IS NOT NULL AND NOT h.is_kept
    ORDER BY v.id LIMIT ${limit} FOR UPDATE OF v SKIP LOCKED`;
  if (held.length === 0) return [];
  return tx.$queryRaw<{ workspaceId: string }[]>`
    UPDATE model_version v SET manifest_id = NULL FROM version_hold h
    WHERE v.id = ANY(${held.map(({ id }) => id)}::uuid[]) AND h.version_id = v.id AND v.deleted_at <= ${before} AND v.manifest_id IS NOT NULL AND NOT h.is_kept
    RETURNING v.workspace_id AS "workspaceId"`;
};

/** Versions of a workspace that were deleted and still have their files: how many wait, are due, or are kept for their history. */
export const countDeletedVersions = async (tx: Tx, workspaceId: string, before: Date): Promise<{ waiting: number; due: number; held: number; oldestWaitingAt: Date | null }> => {
  const [row] = await tx.$queryRaw<{ waiting: bigint; due: bigint; held: bigint; oldestWaitingAt: Date | null }[]>`
    SELECT count(*) FILTER (WHERE NOT is_kept AND deleted_at > ${before}) AS waiting, count(*) FILTER (WHERE NOT is_kept AND deleted_at <= ${before}) AS due, count(*) FILTER (WHERE is_kept) AS held,
      min(deleted_at) FILTER (WHERE NOT is_kept AND deleted_at > ${before}) AS "oldestWaitingAt"
    FROM version_hold WHERE workspace_id = ${workspaceId}::uuid AND deleted_at IS NOT NULL AND manifest_id IS NOT NULL`;
  return { waiting: Number(row?.waiting ?? 0), due: Number(row?.due ?? 0), held: Number(row?.held ?? 0), oldestWaitingAt: row?.oldestWaitingAt ?? null };
};
