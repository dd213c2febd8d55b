import { deleteWaitingFiles, freezeFiles, listSettledVersions, listWaitingFiles } from "@/lib/artifacts/server";
import { recordChange } from "@/lib/audit/server";
import { systemContext } from "@/lib/identity/server";
import { queueInspection } from "@/lib/inspection/server";
import { type Deps, transact } from "@/lib/platform/context";

import { findWorkspaceOf } from "./store-live";
import { findVersionRowById, freezeVersionRow } from "./store-versions";
import { versionTarget } from "./targets";

const maxAtOnce = 50;

/** Versions that can be frozen because the last of their files has its digest. */
export const listVersionsToFreeze = (deps: Deps): Promise<{ workspaceId: string; versionId: string }[]> => listSettledVersions(deps.db, maxAtOnce);

/**
 * Freezes a version whose files came directly into the object store, once all of them are hashed, and queues its inspection.
 * Safe to run twice and beside itself: the row of the version is held, and who comes second finds nothing to do.
 */
export const freezeWaitingVersion = async (deps: Deps, { workspaceId, versionId }: { workspaceId: string; versionId: string }): Promise<void> => {
  const inspectionId = await transact(deps, async (tx, now) => {
    const row = await findVersionRowById(tx, workspaceId, versionId, { hold: true });
    const files = await listWaitingFiles(tx, workspaceId, versionId);
    await deleteWaitingFiles(tx, workspaceId, versionId);
    if (!row || row.manifestId !== null || files.length === 0) return undefined;
    const manifest = await freezeFiles(tx, workspaceId, files, now);
    await freezeVersionRow(tx, row.id, manifest, now);
    const target = versionTarget(row);
    const change = { manifestDigest: manifest.digest, fileCount: manifest.fileCount, totalSize: manifest.totalSize };
    await recordChange(tx, systemContext(deps, await findWorkspaceOf(tx, row.id), "hasher"), now, {
      action: "version.freeze",
      target,
      change: { before: { manifestDigest: null }, after: change },
      event: { data: { version: target, ...change, files: manifest.files.slice(0, 100).map(({ path, sha256, size }) => ({ path, sha256, size })) } },
    });
    return queueInspection(tx, { workspaceId, versionId }, now);
  });
  if (inspectionId !== undefined) await deps.jobs.send("inspection.inspect", { inspectionId }, { dedupeKey: inspectionId });
};
