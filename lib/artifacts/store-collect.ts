import { type Tx } from "@/lib/platform/db";

export type WorkspaceRef = { id: string; name: string };

export const findWorkspace = (tx: Tx, id: string): Promise<WorkspaceRef> => tx.workspace.findUniqueOrThrow({ where: { id }, select: { id: true, name: true } });

/** Lets bytes go at `dueAt` unless somebody refers to them by then. */
export const doomBlobs = async (tx: Tx, names: readonly string[], dueAt: Date): Promise<void> => {
  await tx.doomedBlob.createMany({ data: [...new Set(names)].sort().map((name) => ({ name, dueAt })), skipDuplicates: true });
};

export const listDueDoomed = async (tx: Tx, now: Date, limit: number): Promise<string[]> => (await tx.doomedBlob.findMany({ where: { dueAt: { lte: now } }, orderBy: { dueAt: "asc" }, take: limit, select: { name: true } })).map(({ name }) => name);

export const forgetDoomed = async (tx: Tx, name: string): Promise<void> => {
  await tx.doomedBlob.deleteMany({ where: { name } });
};

export const postponeDoomed = async (tx: Tx, name: string, dueAt: Date): Promise<void> => {
  await tx.doomedBlob.updateMany({ where: { name }, data: { dueAt } });
};

/** Those names among `names` that some workspace refers to. */
export const findReferred = async (tx: Tx, names: readonly string[]): Promise<Set<string>> => {
  const rows = await tx.$queryRaw<{ sha256: string }[]>`SELECT DISTINCT sha256 FROM blob WHERE sha256 = ANY(${[...names]}::bpchar[])`;
  return new Set(rows.map(({ sha256 }) => sha256));
};

export type BlobKey = { workspaceId: string; sha256: string };

/** The last of the next `limit` blobs after `after`, in the order of workspace and digest; undefined at the end. */
export const findPageEnd = async (tx: Tx, after: BlobKey, limit: number): Promise<BlobKey | undefined> => {
  const [row] = await tx.$queryRaw<BlobKey[]>`
    SELECT workspace_id AS "workspaceId", sha256 FROM (
      SELECT workspace_id, sha256 FROM blob WHERE (workspace_id, sha256) > (${after.workspaceId}::uuid, ${after.sha256}::bpchar) ORDER BY workspace_id, sha256 LIMIT ${limit}) page
    ORDER BY workspace_id DESC, sha256 DESC LIMIT 1`;
  return row;
};

export type CollectedBlob = { workspaceId: string; sha256: string; size: number };

/**
 * Forgets the blobs in (after, last] that nothing refers to and nobody touched since `before`. They are held first and judged
 * again then: whoever was about to refer to one either has it, and it stays, or comes after and finds it gone.
 */
export const deleteOrphans = async (tx: Tx, after: BlobKey, last: BlobKey, before: Date): Promise<CollectedBlob[]> => {
  const held = await tx.$queryRaw<BlobKey[]>`
    SELECT b.workspace_id AS "workspaceId", b.sha256 FROM blob b
    WHERE (b.workspace_id, b.sha256) > (${after.workspaceId}::uuid, ${after.sha256}::bpchar) AND (b.workspace_id, b.sha256) <= (${last.workspaceId}::uuid, ${last.sha256}::bpchar) AND b.touched_at <= ${before}
      AND NOT EXISTS (SELECT 1 FROM artifact a WHERE a.workspace_id = b.workspace_id AND a.sha256 = b.sha256)
      AND NOT EXISTS (SELECT 1 FROM manifest_entry e WHERE e.workspace_id = b.workspace_id AND e.sha256 = b.sha256)
      AND NOT EXISTS (SELECT 1 FROM pending_manifest_entry e WHERE e.workspace_id = b.workspace_id AND e.sha256 = b.sha256)
    ORDER BY b.workspace_id, b.sha256 FOR UPDATE OF b SKIP LOCKED`;
  if (held.length === 0) return [];
  const rows = await tx.$queryRaw<{ workspaceId: string; sha256: string; size: bigint }[]>`
    DELETE FROM blob b USING unnest(${held.map(({ workspaceId }) => workspaceId)}::uuid[], ${held.map(({ sha256 }) => sha256)}::bpchar[]) AS h(workspace_id, sha256)
    WHERE b.workspace_id = h.workspace_id AND b.sha256 = h.sha256 AND b.touched_at <= ${before}
      AND NOT EXISTS (SELECT 1 FROM artifact a WHERE a.workspace_id = b.workspace_id AND a.sha256 = b.sha256)
      AND NOT EXISTS (SELECT 1 FROM manifest_entry e WHERE e.workspace_id = b.workspace_id AND e.sha256 = b.sha256)
      AND NOT EXISTS (SELECT 1 FROM pending_manifest_entry e WHERE e.workspace_id = b.workspace_id AND e.sha256 = b.sha256)
    RETURNING b.workspace_id AS "workspaceId", b.sha256, b.size`;
  return rows.map((row) => ({ ...row, size: Number(row.size) }));
};

/** Deletes manifests older than `before` that no version has; returns how many of which workspace. */
export const deleteLooseManifests = async (tx: Tx, before: Date, limit: number): Promise<{ workspaceId: string }[]> => {
  const held = await tx.$queryRaw<{ id: string }[]>`
    SELECT m.id FROM manifest m WHERE m.created_at <= ${before} AND NOT EXISTS (SELECT 1 FROM model_version v WHERE v.workspace_id = m.workspace_id AND v.manifest_id = m.id)
    ORDER BY m.id LIMIT ${limit} FOR UPDATE OF m SKIP LOCKED`;
  if (held.length === 0) return [];
  return tx.$queryRaw<{ workspaceId: string }[]>`
    DELETE FROM manifest m WHERE m.id = ANY(${held.map(({ id }) => id)}::uuid[]) AND NOT EXISTS (SELECT 1 FROM model_version v WHERE v.workspace_id = m.workspace_id AND v.manifest_id = m.id)
    RETURNING m.workspace_id AS "workspaceId"`;
};

/** Bytes and number of blobs of a workspace that nothing refers to. */
export const sumOrphans = async (tx: Tx, workspaceId: string, before: Date): Promise<{ due: number; dueBytes: number; waiting: number; waitingBytes: number }> => {
  const [row] = await tx.$queryRaw<{ due: bigint; dueBytes: bigint; waiting: bigint; waitingBytes: bigint }[]>`
    SELECT count(*) FILTER (WHERE touched_at <= ${before}) AS due, coalesce(sum(size) FILTER (WHERE touched_at <= ${before}), 0)::bigint AS "dueBytes",
      count(*) FILTER (WHERE touched_at > ${before}) AS waiting, coalesce(sum(size) FILTER (WHERE touched_at > ${before}), 0)::bigint AS "waitingBytes"
    FROM blob b WHERE b.workspace_id = ${workspaceId}::uuid
      AND NOT EXISTS (SELECT 1 FROM artifact a WHERE a.workspace_id = b.workspace_id AND a.sha256 = b.sha256)
      AND NOT EXISTS (SELECT 1 FROM manifest_entry e WHERE e.workspace_id = b.workspace_id AND e.sha256 = b.sha256)
      AND NOT EXISTS (SELECT 1 FROM pending_manifest_entry e WHERE e.workspace_id = b.workspace_id AND e.sha256 = b.sha256)`;
  return { due: Number(row?.due ?? 0), dueBytes: Number(row?.dueBytes ?? 0), waiting: Number(row?.waiting ?? 0), waitingBytes: Number(row?.waitingBytes ?? 0) };
};

export type Scan = { after: string; startedAt: Date; finishedAt: Date | null };

export const findScan = async (tx: Tx, name: string): Promise<Scan | undefined> => (await tx.storageScan.findUnique({ where: { name }, select: { after: true, startedAt: true, finishedAt: true } })) ?? undefined;

export const saveScan = async (tx: Tx, name: string, scan: Scan): Promise<void> => {
  await tx.storageScan.upsert({ where: { name }, create: { name, ...scan }, update: scan });
};
