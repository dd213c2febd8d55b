import type { Readable } from "node:stream";

import { AppError } from "@/lib/core/errors";
import { changeParameters, recordChange } from "@/lib/audit/server";
import { authorize } from "@/lib/identity/server";
import { transact, type Context } from "@/lib/platform/context";

import { mediaTypeOf } from "./media-type";
import { freshMsOf, needsNoCheck, noteBlob, type Received } from "./note-blob";
import { checkArtifactPath, checkFolderPath } from "./paths";
import { limitToRoom } from "./quota";
import { type ByteRange, resolveRange } from "./range";
import type { UploadedBlob } from "./schema";
import { type ArtifactRow, deleteArtifactTree, findArtifact, type FolderEntry, listFolder, upsertArtifact } from "./store";
import { findArtifactInTheWay, putArtifactRow } from "./store-put";

export type Upload = {
  source: AsyncIterable<Uint8Array>;
  /** What the sender says the bytes hash to; another digest refuses the upload. */
  expectedSha256?: string | undefined;
};

export type OpenedFile = { path: string; sha256: string; size: number; mediaType: string; range: { start: number; end: number } | undefined; stream: Readable };

/** Stores bytes for the workspace; versions refer to them by digest. */
export const uploadBlob = async (ctx: Context, upload: Upload): Promise<UploadedBlob> => {
  authorize(ctx, "artifact:write");
  const received = await receive(ctx, upload);
  const { blob } = received;
  await transact(ctx.deps, async (tx, now) => {
    await noteBlob(ctx, tx, received, now);
    await recordChange(tx, ctx, now, { action: "artifact.upload", target: { type: "blob", id: blob.sha256, name: `sha256:${blob.sha256}` }, change: { after: blob } });
  });
  return blob;
};

/** Stores bytes under a mutable path, replacing what was there at once for every reader. */
export const putArtifact = async (ctx: Context, path: string, upload: Upload & { mediaType?: string | undefined }): Promise<ArtifactRow> => {
  authorize(ctx, "artifact:write");
  checkArtifactPath(path);
  const received = await receive(ctx, upload);
  const { blob } = received;
  const artifact = { path, ...blob, mediaType: upload.mediaType ?? mediaTypeOf(path) };
  const change = { action: "artifact.upload", target: { type: "artifact", id: path, name: path }, change: { after: blob } };
  if (needsNoCheck(ctx, received)) {
    const { db, clock } = ctx.deps;
    const now = await clock.nearly(db);
    refuse(path, await putArtifactRow(db, ctx.workspace.id, artifact, now, freshMsOf(ctx), changeParameters(ctx, now, change)));
    return artifact;
  }
  await refuseInTheWay(ctx, path);
  await transact(ctx.deps, async (tx, now) => {
    await noteBlob(ctx, tx, received, now);
    await upsertArtifact(tx, ctx.workspace.id, artifact, now);
    await recordChange(tx, ctx, now, change);
  });
  return artifact;
};

/** An artifact of the workspace, without its bytes; raises not_found. */
export const getArtifact = async (ctx: Context, path: string): Promise<ArtifactRow> => {
  authorize(ctx, "artifact:read");
  const artifact = await findArtifact(ctx.deps.db, ctx.workspace.id, checkArtifactPath(path));
  if (!artifact) throw new AppError("not_found", "artifact.not_found", `There is no artifact "${path}".`);
  return artifact;
};

/** Opens an artifact, or a range of it; raises not_found. */
export const openArtifact = async (ctx: Context, path: string, range?: ByteRange): Promise<OpenedFile> => openFile(ctx, await getArtifact(ctx, path), range);

/** Lists what a folder holds directly; a folder that does not exist is empty. */
export const listArtifacts = async (ctx: Context, folder: string): Promise<FolderEntry[]> => {
  authorize(ctx, "artifact:read");
  return listFolder(ctx.deps.db, ctx.workspace.id, checkFolderPath(folder));
};

/** Deletes a path and everything inside it. Versions keep their files: their manifests hold on to the content. */
export const deleteArtifacts = async (ctx: Context, path: string): Promise<number> => {
  authorize(ctx, "artifact:write");
  checkArtifactPath(path);
  return transact(ctx.deps, async (tx, now) => {
    const count = await deleteArtifactTree(tx, ctx.workspace.id, path);
    if (count > 0) await recordChange(tx, ctx, now, { action: "artifact.delete", target: { type: "artifact", id: path, name: path }, change: { before: { files: count } } });
    return count;
  });
};

/** Opens the bytes behind a row of an artifact or manifest that the caller has authorised. */
export const openFile = async (ctx: Pick<Context, "deps">, file: ArtifactRow, wanted?: ByteRange): Promise<OpenedFile> => {
  const range = wanted === undefined ? undefined : resolveRange(wanted, file.size);
  return { ...file, range, stream: await ctx.deps.blobs.open(file.sha256, range) };
};

const receive = async (ctx: Context, { source, expectedSha256 }: Upload): Promise<Received> => {
  const blob = await ctx.deps.blobs.put(await limitToRoom(ctx, source), { maxBytes: ctx.deps.env.uploadMaxBytes, expectedSha256 });
  return { blob, atMs: performance.now() };
};

/** Refuses a file where a folder is, and a folder where a file is: no client could download both. */
export const refuseInTheWay = async ({ deps, workspace }: Context, path: string): Promise<void> => refuse(path, await findArtifactInTheWay(deps.db, workspace.id, path));

const refuse = (path: string, found: string | undefined): void => {
  if (found === undefined) return;
  const reason = path.startsWith(found) ? `"${found}" is a file, so nothing can lie inside of it` : `it is a folder, which holds "${found}"`;
  throw new AppError("invalid", "artifact.in_the_way", `The path "${path.slice(0, 300)}" can't be used: ${reason.slice(0, 400)}. Choose another name, or delete what is there first.`, { invalidParams: [{ name: "path", reason }] });
};
