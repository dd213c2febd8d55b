import type { SqlTx, Tx } from "@/lib/platform/db";

import type { ManifestFile } from "./manifest";
import { entriesOf, type StoredFile, withNumber } from "./rows";

/** Keeps the files of a version until each of them has its digest; they count as referred to. */
export const keepWaitingFiles = async (tx: SqlTx, workspaceId: string, versionId: string, files: readonly ManifestFile[]): Promise<void> => {
  await tx.$executeRaw`
    INSERT INTO pending_manifest_entry (workspace_id, version_id, path, sha256, size, media_type)
    SELECT ${workspaceId}::uuid, ${versionId}::uuid, e.path, e.sha256, e.size, e.media_type FROM jsonb_to_recordset(${entriesOf(files)}::jsonb) AS e(path text, sha256 text, size bigint, media_type text)`;
};

/** Files of a version that waits to be frozen, sorted by path; none when it does not. */
export const listWaitingFiles = async (tx: SqlTx, workspaceId: string, versionId: string): Promise<ManifestFile[]> => {
  const rows = await tx.$queryRaw<StoredFile[]>`SELECT path, sha256, size, media_type AS "mediaType" FROM pending_manifest_entry WHERE workspace_id = ${workspaceId}::uuid AND version_id = ${versionId}::uuid ORDER BY path`;
  return rows.map(withNumber);
};

/** Forgets what a version waited for. */
export const deleteWaitingFiles = async (tx: Tx, workspaceId: string, versionId: string): Promise<void> => {
  await tx.pendingManifestEntry.deleteMany({ where: { workspaceId, versionId } });
};

/** Versions whose files all have their digests and that are still to be frozen. */
export const listSettledVersions = (tx: Tx, limit: number): Promise<{ workspaceId: string; versionId: string }[]> =>
  tx.$queryRaw<{ workspaceId: string; versionId: string }[]>`
    SELECT workspace_id AS "workspaceId", version_id AS "versionId" FROM pending_manifest_entry GROUP BY 1, 2 HAVING bool_and(sha256 NOT LIKE 'pending-%') LIMIT ${limit}`;
