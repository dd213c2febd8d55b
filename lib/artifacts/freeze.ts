import { AppError } from "@/lib/core/errors";
import { isPendingName } from "@/lib/platform/blob-names";
import type { SqlTx, Tx } from "@/lib/platform/db";

import { manifestDigest, type ManifestFile, sortFiles } from "./manifest";
import { mediaTypeOf } from "./media-type";
import { checkArtifactPath, checkFolderPath } from "./paths";
import { findArtifact, findBlobSizes, keepManifest, listArtifactsUnder } from "./store";

export type FrozenManifest = { id: string; digest: string; fileCount: number; totalSize: number; files: ManifestFile[] };

/** A list of files of which some have no digest yet, because their bytes came directly into the store: it is frozen when they have. */
export type WaitingFiles = { waiting: ManifestFile[] };

export const isWaiting = (files: FrozenManifest | WaitingFiles | undefined): files is WaitingFiles => files !== undefined && "waiting" in files;

const maxFiles = 10_000;

/** Freezes files that the workspace has uploaded by digest; raises invalid with every file that is missing or misnamed. */
export const freezeUploaded = async (tx: Tx, workspaceId: string, files: readonly { path: string; sha256: string }[], now: Date): Promise<FrozenManifest> => {
  const sizes = await findBlobSizes(tx, workspaceId, files.map(({ sha256 }) => sha256));
  const missing = files.flatMap(({ sha256 }, index) => (sizes.has(sha256) ? [] : [{ name: `files[${index}].sha256`, reason: "this workspace holds no such blob: upload it first with PUT /blobs" }]));
  if (missing.length > 0) throw new AppError("invalid", "manifest.blob_missing", "Some files were not uploaded to this workspace.", { invalidParams: missing });
  return freezeFiles(tx, workspaceId, files.map(({ path, sha256 }) => ({ path: checkArtifactPath(path), sha256, size: sizes.get(sha256) ?? 0, mediaType: mediaTypeOf(path) })), now);
};

/** What lies under a mutable path now, with paths relative to it; undefined when nothing does. A path that is itself a file becomes a bundle of one. */
export const listToFreeze = async (tx: Tx, workspaceId: string, folder: string): Promise<ManifestFile[] | undefined> => {
  const root = checkFolderPath(folder);
  if (root === "") return undefined;
  const inside = await listArtifactsUnder(tx, workspaceId, root);
  if (inside.length > 0) return inside.map((file) => ({ ...file, path: file.path.slice(root.length + 1) }));
  const single = await findArtifact(tx, workspaceId, root);
  return single && [{ ...single, path: root.slice(root.lastIndexOf("/") + 1) }];
};

/** Freezes what `listToFreeze` gave. Files that wait for their digest make the whole list wait, as it is now. */
export const freezeListed = async (tx: SqlTx, workspaceId: string, files: readonly ManifestFile[], now: Date): Promise<FrozenManifest | WaitingFiles> =>
  files.some(({ sha256 }) => isPendingName(sha256)) ? { waiting: checkFiles(files) } : freezeFiles(tx, workspaceId, files, now);

const checkFiles = (files: readonly ManifestFile[]): ManifestFile[] => {
  if (files.length === 0) throw new AppError("invalid", "manifest.empty", "A version needs at least one file.");
  if (files.length > maxFiles) throw new AppError("invalid", "manifest.too_many_files", `A version holds at most ${maxFiles} files, this one has ${files.length}. Pack the small ones into an archive.`);
  return sortFiles(files);
};

/** Freezes a list of files whose digests are known; equal lists share one manifest. */
export const freezeFiles = async (tx: SqlTx, workspaceId: string, files: readonly ManifestFile[], now: Date): Promise<FrozenManifest> => {
  const sorted = checkFiles(files);
  const digest = manifestDigest(sorted);
  const id = await keepManifest(tx, workspaceId, digest, sorted, now);
  if (id === undefined) throw new AppError("conflict", "manifest.files_changed", "The files changed while they were being frozen. Register them again.");
  return { id, digest, fileCount: sorted.length, totalSize: sorted.reduce((sum, file) => sum + file.size, 0), files: sorted };
};
