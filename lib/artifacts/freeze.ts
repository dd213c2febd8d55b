import { AppError } from "@/lib/core/errors";
import type { Tx } from "@/lib/platform/db";

import { manifestDigest, type ManifestFile, sortFiles } from "./manifest";
import { mediaTypeOf } from "./media-type";
import { checkArtifactPath, checkFolderPath } from "./paths";
import { findArtifact, findBlobSizes, insertManifest, listArtifactsUnder } from "./store";

export type FrozenManifest = { id: string; digest: string; fileCount: number; totalSize: number; files: ManifestFile[] };

const maxFiles = 10_000;

/** Freezes files that the workspace has uploaded by digest; raises invalid with every file that is missing or misnamed. */
export const freezeUploaded = async (tx: Tx, workspaceId: string, files: readonly { path: string; sha256: string }[], now: Date): Promise<FrozenManifest> => {
  const sizes = await findBlobSizes(tx, workspaceId, files.map(({ sha256 }) => sha256));
  const missing = files.flatMap(({ sha256 }, index) => (sizes.has(sha256) ? [] : [{ name: `files[${index}].sha256`, reason: "this workspace holds no such blob: upload it first with PUT /blobs" }]));
  if (missing.length > 0) throw new AppError("invalid", "manifest.blob_missing", "Some files were not uploaded to this workspace.", { invalidParams: missing });
  return freeze(tx, workspaceId, files.map(({ path, sha256 }) => ({ path: checkArtifactPath(path), sha256, size: sizes.get(sha256) ?? 0, mediaType: mediaTypeOf(path) })), now);
};

/** Freezes what lies under a mutable path now, with paths relative to it; undefined when nothing does. A path that is itself a file becomes a bundle of one. */
export const freezeFolder = async (tx: Tx, workspaceId: string, folder: string, now: Date): Promise<FrozenManifest | undefined> => {
  const root = checkFolderPath(folder);
  if (root === "") return undefined;
  const inside = await listArtifactsUnder(tx, workspaceId, root);
  if (inside.length > 0) return freeze(tx, workspaceId, inside.map((file) => ({ ...file, path: file.path.slice(root.length + 1) })), now);
  const file = await findArtifact(tx, workspaceId, root);
  return file && freeze(tx, workspaceId, [{ ...file, path: root.slice(root.lastIndexOf("/") + 1) }], now);
};

const freeze = async (tx: Tx, workspaceId: string, files: readonly ManifestFile[], now: Date): Promise<FrozenManifest> => {
  if (files.length === 0) throw new AppError("invalid", "manifest.empty", "A version needs at least one file.");
  if (files.length > maxFiles) throw new AppError("invalid", "manifest.too_many_files", `A version holds at most ${maxFiles} files, this one has ${files.length}. Pack the small ones into an archive.`);
  const sorted = sortFiles(files);
  const digest = manifestDigest(sorted);
  const id = await insertManifest(tx, workspaceId, digest, sorted, now);
  return { id, digest, fileCount: sorted.length, totalSize: sorted.reduce((sum, file) => sum + file.size, 0), files: sorted };
};
