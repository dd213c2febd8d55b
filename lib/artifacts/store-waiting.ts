import { type Tx } from "@/lib/platform/db";

import type { ManifestFile } from "./manifest";

/** Keeps the files of a version until each of them has its digest; they count as referred to. */
export const keepWaitingFiles = async (tx: Tx, workspaceId: string, versionId: string, files: readonly ManifestFile[]): Promise<void> => {
  await tx.pendingManifestEntry.createMany({ data: files.map(({ path, sha256, size, mediaType }) => ({ workspaceId, versionId, path, sha256, size, mediaType })) });
};

/** Files of a version that waits to be frozen, sorted by path; none when it does not. */
export const listWaitingFiles = async (tx: Tx, workspaceId: string, versionId: string): Promise<ManifestFile[]> => {
  const rows = await tx.pendingManifestEntry.findMany({ where: { workspaceId, versionId }, orderBy: { path: "asc" }, select: { path: true, sha256: true, size: true, mediaType: true } });
  return rows.map((row) => ({ ...row, size: Number(row.size) }));
};

/** Forgets what a version waited for. */
export const deleteWaitingFiles = async (tx: Tx, workspaceId: string, versionId: string): Promise<void> => {
  await tx.pendingManifestEntry.deleteMany({ where: { workspaceId, versionId } });
};

/** Versions whose files all have their digests and that are still to be frozen. */
export const listSettledVersions = (tx: Tx, limit: number): Promise<{ workspaceId: string; versionId: string }[]> =>
  tx.$queryRaw<{ workspaceId: string; versionId: string }[]>`
    SELECT workspace_id AS "workspaceId", version_id AS "versionId" FROM pending_manifest_entry GROUP BY 1, 2 HAVING bool_and(sha256 NOT LIKE 'pending-%') LIMIT ${limit}`;
