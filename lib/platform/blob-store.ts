import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, rename, stat, unlink } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";

import { AppError } from "@/lib/core/errors";

import { blobMissing, blobTooLarge, digestMismatch, isDigest, placeOfDigest } from "./blob-names";
import { openS3BlobStore } from "./blob-store-s3";
import { checkFolder, listFolder, removeFile, sweepFolder } from "./blob-store-upkeep";
import type { BlobStore, StoredBlob } from "./blobs";
import type { Env } from "./env";

const readChunkBytes = 1 << 20;
const abandonedAfterMs = 24 * 3_600_000;

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
        return receive(source, { ...options, temporary: path.join(incoming, randomUUID()), placeOf });
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

type Receive = { maxBytes: number; expectedSha256?: string | undefined; temporary: string; placeOf: (sha256: string) => string };

const receive = async (source: AsyncIterable<Uint8Array>, { maxBytes, expectedSha256, temporary, placeOf }: Receive): Promise<StoredBlob> => {
  const hash = createHash("sha256");
  const handle = await open(temporary, "wx", 0o640);
  let size = 0;
  try {
    try {
      for await (const chunk of source) {
        size += chunk.byteLength;
        if (size > maxBytes) throw blobTooLarge(maxBytes);
        const written = writeAll(handle, chunk);
        hash.update(chunk);
        await written;
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    const sha256 = hash.digest("hex");
    if (expectedSha256 !== undefined && expectedSha256 !== sha256) throw digestMismatch(sha256, expectedSha256);
    await keep(temporary, placeOf(sha256));
    return { sha256, size };
  } catch (error) {
    await unlink(temporary).catch((cause: unknown) => {
      if (!hasCode(cause, "ENOENT")) throw new AggregateError([error, cause], "an upload failed, and so did removing what it left");
    });
    throw error;
  }
};

const writeAll = async (handle: FileHandle, chunk: Uint8Array): Promise<void> => {
  for (let done = 0; done < chunk.byteLength; ) done += (await handle.write(chunk, done)).bytesWritten;
};

const keep = async (temporary: string, place: string): Promise<void> => {
  const folder = path.dirname(place);
  await mkdir(folder, { recursive: true });
  await rename(temporary, place);
  const directory = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
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

const sizeOf = async (place: string): Promise<number | undefined> => {
  try {
    return (await stat(place)).size;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
};

const hasCode = (error: unknown, ...codes: string[]): boolean => error instanceof Error && "code" in error && typeof error.code === "string" && codes.includes(error.code);

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
