import type { SqlTx, Tx } from "@/lib/platform/db";
import { newId } from "@/lib/core/ids";

import type { ManifestFile } from "./manifest";
import { entriesOf, type Sized, type StoredFile, withNumber } from "./rows";

export type ArtifactRow = { path: string; sha256: string; size: number; mediaType: string };
export type FolderEntry = { name: string; isFolder: boolean; size: number | null };

/** Notes that a workspace may refer to a blob. One that it has already is held to the end of the transaction, and young again when it was touched longer than `freshMs` ago. */
export const upsertBlob = async (tx: Tx, workspaceId: string, blob: { sha256: string; size: number }, now: Date, freshMs: number): Promise<void> => {
  await tx.$executeRaw`
    INSERT INTO blob AS b (workspace_id, sha256, size, created_at, touched_at) VALUES (${workspaceId}::uuid, ${blob.sha256}, ${blob.size}, ${now}, ${now})
    ON CONFLICT (workspace_id, sha256) DO UPDATE SET touched_at = excluded.touched_at WHERE b.touched_at <= ${new Date(now.getTime() - freshMs)}`;
};

/** Sizes of those blobs among `digests` that the workspace may refer to. */
export const findBlobSizes = async (tx: Tx, workspaceId: string, digests: readonly string[]): Promise<Map<string, number>> => {
  const rows = await tx.blob.findMany({ where: { workspaceId, sha256: { in: [...digests] } }, select: { sha256: true, size: true } });
  return new Map(rows.map(({ sha256, size }) => [sha256, Number(size)]));
};

export const upsertArtifact = async (tx: Tx, workspaceId: string, artifact: ArtifactRow, now: Date): Promise<void> => {
  await tx.$executeRaw`
    INSERT INTO artifact (workspace_id, path, sha256, size, media_type, updated_at)
    VALUES (${workspaceId}::uuid, ${artifact.path}, ${artifact.sha256}, ${artifact.size}, ${artifact.mediaType}, ${now})
    ON CONFLICT (workspace_id, path) DO UPDATE SET sha256 = excluded.sha256, size = excluded.size, media_type = excluded.media_type, updated_at = excluded.updated_at`;
};

export const findArtifact = async (tx: Tx, workspaceId: string, path: string): Promise<ArtifactRow | undefined> => {
  const row = await tx.artifact.findUnique({ where: { workspaceId_path: { workspaceId, path } }, select: { path: true, sha256: true, size: true, mediaType: true } });
  return row === null ? undefined : withNumber(row);
};

/** Bounds of the paths inside a folder, compared byte by byte: "a/" to "a0", because "0" follows "/". */
export const boundsOf = (folder: string): { from: string; to: string } => ({ from: `${folder}/`, to: `${folder}0` });

/** Every artifact inside a folder, at any depth, sorted by the bytes of the path. */
export const listArtifactsUnder = async (tx: Tx, workspaceId: string, folder: string): Promise<ArtifactRow[]> => {
  const { from, to } = boundsOf(folder);
  const rows = await tx.$queryRaw<(Omit<ArtifactRow, "size"> & Sized)[]>`
    SELECT path, sha256, size, media_type AS "mediaType" FROM artifact
    WHERE workspace_id = ${workspaceId}::uuid AND path ~>=~ ${from} AND path ~<~ ${to} ORDER BY path USING ~<~`;
  return rows.map(withNumber);
};

/** What a folder holds directly: files with their size, and folders. The empty folder is the root. */
export const listFolder = async (tx: Tx, workspaceId: string, folder: string): Promise<FolderEntry[]> => {
  const { from, to } = folder === "" ? { from: "", to: "\u{10FFFF}" } : boundsOf(folder);
  const skip = from.length === 0 ? 0 : Array.from(from).length;
  const rows = await tx.$queryRaw<{ name: string; isFolder: boolean; size: bigint | null }[]>`
    SELECT split_part(rest, '/', 1) AS name, strpos(rest, '/') > 0 AS "isFolder", CASE WHEN strpos(rest, '/') > 0 THEN NULL ELSE max(size) END AS size
    FROM (SELECT substr(path, ${skip + 1}::int) AS rest, size FROM artifact
          WHERE workspace_id = ${workspaceId}::uuid AND path ~>=~ ${from} AND path ~<~ ${to}) inside
    GROUP BY 1, 2, strpos(rest, '/') > 0 ORDER BY 1`;
  return rows.map((row) => ({ ...row, size: row.size === null ? null : Number(row.size) }));
};

/** Forgets a path and everything inside it as a folder; the blobs stay for the manifests that refer to them. */
export const deleteArtifactTree = async (tx: Tx, workspaceId: string, path: string): Promise<number> => {
  const { from, to } = boundsOf(path);
  return tx.$executeRaw`DELETE FROM artifact WHERE workspace_id = ${workspaceId}::uuid AND (path = ${path} OR (path ~>=~ ${from} AND path ~<~ ${to}))`;
};

/**
 * Inserts a manifest and its entries, or finds the one that is there already: equal lists of files share one. It and its blobs are held to
 * the end of the transaction, so that the collector leaves them. Undefined, and nothing is inserted, when one of the blobs is gone.
 */
export const keepManifest = async (tx: SqlTx, workspaceId: string, digest: string, files: readonly ManifestFile[], now: Date): Promise<string | undefined> => {
  const id = newId(now.getTime());
  const totalSize = files.reduce((sum, file) => sum + file.size, 0);
  const entries = entriesOf(files);
  const digests = [...new Set(files.map(({ sha256 }) => sha256))];
  for (;;) {
    const [row] = await tx.$queryRaw<{ isWhole: boolean; isInserted: boolean }[]>`
      /* prepared as keep_manifest */ WITH held AS (
        SELECT sha256 FROM blob WHERE workspace_id = ${workspaceId}::uuid AND sha256 = ANY(${digests}::bpchar[]) ORDER BY sha256 FOR KEY SHARE
      ), w AS (
        SELECT count(*) = ${digests.length}::int AS "isWhole" FROM held
      ), m AS (
        INSERT INTO manifest (id, workspace_id, digest, file_count, total_size, created_at)
        SELECT ${id}::uuid, ${workspaceId}::uuid, ${digest}::bpchar, ${files.length}::int, ${totalSize}::bigint, ${now}::timestamptz FROM w WHERE w."isWhole" ON CONFLICT (workspace_id, digest) DO NOTHING RETURNING id, workspace_id
      ), entries AS (
        INSERT INTO manifest_entry (workspace_id, manifest_id, path, sha256, size, media_type)
        SELECT m.workspace_id, m.id, e.path, e.sha256, e.size, e.media_type FROM m, jsonb_to_recordset(${entries}::jsonb) AS e(path text, sha256 bpchar, size bigint, media_type text)
      ) SELECT w."isWhole", EXISTS (SELECT 1 FROM m) AS "isInserted" FROM w`;
    if (!row?.isWhole) return undefined;
    if (row.isInserted) return id;
    const existing = await holdManifest(tx, workspaceId, digest);
    if (existing !== undefined) return existing; // else the collector took it meanwhile
  }
};

/** The manifest of a digest, held to the end of the transaction, so that the collector leaves it. */
const holdManifest = async (tx: SqlTx, workspaceId: string, digest: string): Promise<string | undefined> => {
  const [row] = await tx.$queryRaw<{ id: string }[]>`SELECT id FROM manifest WHERE workspace_id = ${workspaceId}::uuid AND digest = ${digest} FOR KEY SHARE`;
  return row?.id;
};

export const listManifestFiles = async (tx: SqlTx, workspaceId: string, manifestId: string): Promise<ManifestFile[]> => {
  const rows = await tx.$queryRaw<StoredFile[]>`SELECT path, sha256, size, media_type AS "mediaType" FROM manifest_entry WHERE workspace_id = ${workspaceId}::uuid AND manifest_id = ${manifestId}::uuid ORDER BY path`;
  return rows.map(withNumber);
};

export const findManifestFile = async (tx: Tx, workspaceId: string, manifestId: string, path: string): Promise<ManifestFile | undefined> => {
  const row = await tx.manifestEntry.findFirst({ where: { workspaceId, manifestId, path }, select: { path: true, sha256: true, size: true, mediaType: true } });
  return row === null ? undefined : withNumber(row);
};

/** Size of a blob if the manifest of that digest names it. */
export const findPullableSize = async (tx: Tx, workspaceId: string, manifestDigest: string, sha256: string): Promise<number | undefined> => {
  const row = await tx.manifestEntry.findFirst({ where: { workspaceId, sha256, manifest: { digest: manifestDigest } }, select: { size: true } });
  return row === null ? undefined : Number(row.size);
};
