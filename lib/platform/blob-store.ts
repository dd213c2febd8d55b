import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, stat } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";

import { dayMs } from "@/lib/core/durations";
import { AppError } from "@/lib/core/errors";

import { blobMissing, isDigest, placeOfDigest } from "./blob-names";
import { openS3BlobStore } from "./blob-store-s3";
import { type DurableNames, receive } from "./blob-store-receive";
import { checkFolder, listFolder, removeFile, sweepFolder } from "./blob-store-upkeep";
import type { BlobStore } from "./blobs";
import type { Env } from "./env";
import { hasCode, unlessMissing } from "./file-system";

const readChunkBytes = 1 << 20;
const abandonedAfterMs = dayMs;

/** What opening the artifact store takes of the settings. */
export type BlobStoreEnv = Pick<Env, "artifactRoot"> & Partial<Pick<Env, "s3">>;

/** Opens the artifact store of `SLIPWAY_ARTIFACT_ROOT`: a folder, or a bucket behind the S3 protocol. */
export const openBlobStore = (env: BlobStoreEnv): BlobStore => {
  if (env.s3) return openS3BlobStore(env.s3);
  if (/^[a-z][a-z0-9+]+:\/\//i.test(env.artifactRoot)) throw new AppError("internal", "blob.root_unsupported", `The settings of the artifact store ${env.artifactRoot} are missing.`);
  return openFolderStore(env.artifactRoot);
};

/**
 * Files under `blobs/ab/cd/<sha256>` of a folder. A file appears there by rename after its bytes are on disk, so that a
 * reader never sees half of one. Memory does not grow with the size of a file.
 */
const openFolderStore = (artifactRoot: string): BlobStore => {
  const root = path.resolve(artifactRoot);
  const incoming = path.join(root, "incoming");
  const placeOf = (sha256: string): string => path.join(root, placeOfDigest(sha256));
  const durable: DurableNames = new Map();
  let prepared: Promise<void> | undefined;
  const prepare = (): Promise<void> =>
    (prepared ??= mkdir(incoming, { recursive: true })
      .then(() => sweepFolder(incoming, new Date(Date.now() - abandonedAfterMs)))
      .then(() => undefined)
      .catch((error: unknown) => {
        prepared = undefined;
        throw error;
      }));

  return {
    put: (source, options) =>
      explained(root, async () => {
        await prepare();
        return receive(source, { ...options, temporary: path.join(incoming, randomUUID()), placeOf, durable });
      }),
    open: (sha256, range) => explained(root, async () => openRange(await openBlob(placeOf, sha256), range)),
    read: (sha256, offset, length) =>
      explained(root, async () => {
        const handle = await openBlob(placeOf, sha256);
        try {
          return await readExactly(handle, offset, length);
        } finally {
          await handle.close();
        }
      }),
    size: (sha256) => explained(root, async () => (isDigest(sha256) ? sizeOf(placeOf(sha256)) : undefined)),
    list: (after) => listFolder(path.join(root, "blobs"), after),
    remove: (sha256, since) => explained(root, async () => (isDigest(sha256) ? removeFile(placeOf(sha256), incoming, since) : true)),
    sweep: (before) => explained(root, () => sweepFolder(incoming, before)),
    check: () => explained(root, () => checkFolder(incoming)),
    direct: undefined,
  };
};

const openBlob = async (placeOf: (sha256: string) => string, sha256: string): Promise<FileHandle> => {
  if (!isDigest(sha256)) throw blobMissing(sha256);
  try {
    return await open(placeOf(sha256), "r");
  } catch (cause) {
    throw hasCode(cause, "ENOENT") ? blobMissing(sha256, cause) : cause;
  }
};

const openRange = (handle: FileHandle, range: { start: number; end?: number } | undefined): Readable =>
  handle.createReadStream({ highWaterMark: readChunkBytes, ...(range === undefined ? {} : { start: range.start, ...(range.end === undefined ? {} : { end: range.end }) }) });

const readExactly = async (handle: FileHandle, offset: number, length: number): Promise<Uint8Array> => {
  const buffer = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(buffer, done, length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
};

const sizeOf = async (place: string): Promise<number | undefined> => (await unlessMissing(stat(place), undefined))?.size;

/** Turns what the file system says into what the operator has to do. */
const explained = async <T>(root: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (cause) {
    if (hasCode(cause, "ENOSPC", "EDQUOT")) {
      throw new AppError("disk_full", "blob.disk_full", `The disk of the artifact store (${root}) is full. Free space there or point SLIPWAY_ARTIFACT_ROOT at a larger disk, then repeat the upload.`, { cause });
    }
    if (hasCode(cause, "EACCES", "EPERM", "EROFS", "EIO", "EMFILE", "ENOTDIR")) {
      throw new AppError("unavailable", "blob.store_unavailable", `The artifact store (${root}) can't be used: ${cause instanceof Error ? cause.message : String(cause)}. Check its owner, its permissions and the disk.`, { cause });
    }
    throw cause;
  }
};
