import { dayMs, hourMs } from "@/lib/core/durations";
import { AppError } from "@/lib/core/errors";
import { recordChange } from "@/lib/audit/server";
import { authorize } from "@/lib/identity/server";
import { blobMissing, blobTooLarge, newPendingName } from "@/lib/platform/blob-names";
import type { DirectTransfers, SentPart, SignedPart } from "@/lib/platform/blobs";
import { type Context, transact } from "@/lib/platform/context";

import { hashJob } from "./jobs";
import { mediaTypeOf } from "./media-type";
import { checkArtifactPath } from "./paths";
import { awaitTurn, requireFit, requireRoom } from "./quota";
import { refuseInTheWay } from "./service";
import { type ArtifactRow, upsertArtifact, upsertBlob } from "./store";
import { completeDirectUpload, type DirectUploadRow, deleteDirectUpload, extendDirectUpload, findDirectUpload, insertDirectUpload, insertPendingBlob } from "./store-direct";

/** As long as the presigned addresses of its parts hold. */
const uploadLifetimeMs = dayMs;
const completionMs = hourMs;
const maxParts = 10_000;
const idPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Tells whether clients can exchange bytes with the artifact store itself. */
export const hasDirectTransfers = ({ s3 }: Context["deps"]["env"]): boolean => s3 !== undefined;

/** Ways past this server; raises NOT_IMPLEMENTED in MLflow's words, at which its client falls back, where artifacts are in a folder. */
const needDirect = (ctx: Context): DirectTransfers => {
  const { direct } = ctx.deps.blobs;
  if (!direct) throw new AppError("unavailable", "artifact.no_direct", "Multipart upload is not supported for the current artifact repository: it is a folder of this server, so send and fetch whole files.", { details: { errorCode: "NOT_IMPLEMENTED" } });
  return direct;
};

export type BegunUpload = { uploadId: string; parts: SignedPart[] };

/** Begins an upload of `partCount` parts whose bytes go to the object store without passing this server. */
export const beginDirectUpload = async (ctx: Context, path: string, partCount: number): Promise<BegunUpload> => {
  authorize(ctx, "artifact:write");
  const direct = needDirect(ctx);
  checkArtifactPath(path);
  if (!Number.isInteger(partCount) || partCount < 1 || partCount > maxParts) throw new AppError("invalid", "artifact.bad_part_count", `An upload has 1 to ${maxParts} parts, not ${partCount}. Raise MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE to send larger ones.`);
  await requireRoom(ctx, 1);
  await refuseInTheWay(ctx, path);
  const name = newPendingName();
  const storeUploadId = await direct.begin(name);
  const uploadId = await transact(ctx.deps, (tx, now) =>
    insertDirectUpload(tx, { workspaceId: ctx.workspace.id, path, name, storeUploadId, parts: partCount }, new Date(now.getTime() + uploadLifetimeMs), now));
  return { uploadId, parts: await direct.signParts(name, storeUploadId, partCount) };
};

const needUpload = async (ctx: Context, path: string, uploadId: string): Promise<DirectUploadRow> => {
  authorize(ctx, "artifact:write");
  const upload = idPattern.test(uploadId) ? await findDirectUpload(ctx.deps.db, ctx.workspace.id, uploadId) : undefined;
  if (!upload || upload.path !== checkArtifactPath(path)) throw new AppError("not_found", "artifact.no_upload", "There is no such upload of this path: it was given up, or its day is over. Begin it again.");
  return upload;
};

/**
 * Joins the parts of an upload into an artifact that can be read at once; its digest is computed by a worker. Repeating it after
 * a lost answer changes nothing. An upload beyond the limits is removed and refused.
 */
export const finishDirectUpload = async (ctx: Context, path: string, uploadId: string, parts: readonly SentPart[]): Promise<void> => {
  const direct = needDirect(ctx);
  const upload = await needUpload(ctx, path, uploadId);
  if (upload.completedAt !== null) return;
  const sorted = checkParts(parts, upload.parts);
  const isHeld = await transact(ctx.deps, (tx, now) => extendDirectUpload(tx, upload.id, new Date(now.getTime() + completionMs)));
  if (!isHeld) throw new AppError("not_found", "artifact.no_upload", "The upload was given up meanwhile. Begin it again.");
  const size = await join(ctx, direct, upload, sorted);
  const { name } = upload;
  const wasNoted = await transact(ctx.deps, async (tx, now) => {
    if (!(await completeDirectUpload(tx, upload.id, now))) return false;
    const workspaceId = ctx.workspace.id;
    await awaitTurn(ctx, tx);
    await upsertBlob(tx, workspaceId, { sha256: name, size }, now, 0);
    await upsertArtifact(tx, workspaceId, { path, sha256: name, size, mediaType: mediaTypeOf(path) }, now);
    await insertPendingBlob(tx, { workspaceId, name, path }, now);
    await requireFit(ctx, tx);
    await recordChange(tx, ctx, now, { action: "artifact.upload", target: { type: "artifact", id: path, name: path }, change: { after: { size, sha256: null, parts: sorted.length } } });
    return true;
  }).catch(async (error: unknown) => {
    if (error instanceof AppError && error.kind === "too_large") await abandon(ctx, upload);
    throw error;
  });
  if (wasNoted) await ctx.deps.jobs.send(hashJob.name, { name }, { dedupeKey: name });
};

const checkParts = (parts: readonly SentPart[], expected: number): SentPart[] => {
  const sorted = parts.toSorted((a, b) => a.partNumber - b.partNumber);
  const isWhole = sorted.length === expected && sorted.every(({ partNumber, etag }, index) => partNumber === index + 1 && etag !== "" && etag.length <= 256);
  if (!isWhole) throw new AppError("invalid", "artifact.bad_parts", `The upload was begun with ${expected} parts; name each of them once, with its number from 1 and the ETag that the store answered with.`);
  return sorted;
};

/** Joins the parts in the store unless that was done by an earlier attempt; returns their size. */
const join = async (ctx: Context, direct: DirectTransfers, upload: DirectUploadRow, parts: readonly SentPart[]): Promise<number> => {
  const measured = await direct.measure(upload.name, upload.storeUploadId);
  if (measured) {
    const limit = ctx.deps.env.uploadMaxBytes;
    const refuse = async (error: unknown): Promise<never> => {
      await abandon(ctx, upload);
      throw error;
    };
    if (measured.bytes > limit) await refuse(blobTooLarge(limit));
    await requireRoom(ctx, measured.bytes).catch(refuse);
    await direct.finish(upload.name, upload.storeUploadId, parts);
  }
  const size = await ctx.deps.blobs.size(upload.name);
  if (size === undefined) throw blobMissing(upload.name);
  return size;
};

const abandon = async (ctx: Context, upload: DirectUploadRow): Promise<void> => {
  await ctx.deps.blobs.direct?.abort(upload.name, upload.storeUploadId);
  await deleteDirectUpload(ctx.deps.db, upload.id);
};

/** Gives up an upload: its parts go, and its addresses end. One that is complete stays; one that is gone already is fine. */
export const abortDirectUpload = async (ctx: Context, path: string, uploadId: string): Promise<void> => {
  authorize(ctx, "artifact:write");
  needDirect(ctx);
  checkArtifactPath(path);
  const upload = idPattern.test(uploadId) ? await findDirectUpload(ctx.deps.db, ctx.workspace.id, uploadId) : undefined;
  if (upload && upload.completedAt === null && upload.path === path) await abandon(ctx, upload);
};

export type SignedDownload = { url: string; size: number };

/** Signs an address at which a client reads a file for the next hour, whole or by range. The caller has authorised the read. */
export const signDownload = async (ctx: Context, file: ArtifactRow): Promise<SignedDownload> => {
  authorize(ctx, "artifact:read");
  return { url: await needDirect(ctx).signDownload(file.sha256, file.path.slice(file.path.lastIndexOf("/") + 1)), size: file.size };
};
