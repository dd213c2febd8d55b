import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, opendir, rename, stat, unlink } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";

import { AppError } from "@/lib/core/errors";

import type { BlobStore, StoredBlob } from "./blobs";
import type { Env } from "./env";

const digestPattern = /^[0-9a-f]{64}$/;
const readChunkBytes = 1 << 20;
const abandonedAfterMs = 24 * 3_600_000;

/**
 * Opens the artifact store of `SLIPWAY_ARTIFACT_ROOT`: files under `blobs/ab/cd/<sha256>`. A file appears there by rename
 * after its bytes are on disk, so that a reader never sees half of one. Memory does not grow with the size of a file.
 */
export const openBlobStore = (env: Pick<Env, "artifactRoot">): BlobStore => {
  if (/^[a-z][a-z0-9+]+:\/\//i.test(env.artifactRoot)) {
    throw new AppError("unavailable", "blob.root_unsupported", `SLIPWAY_ARTIFACT_ROOT is "${env.artifactRoot}", but this release stores artifacts in a folder: set it to a path.`);
  }
  const root = path.resolve(env.artifactRoot);
  const incoming = path.join(root, "incoming");
  const placeOf = (sha256: string): string => path.join(root, "blobs", sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  let prepared: Promise<void> | undefined;
  const prepare = (): Promise<void> =>
    (prepared ??= mkdir(incoming, { recursive: true })
      .then(() => removeAbandoned(incoming))
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
    size: (sha256) => explained(root, async () => (digestPattern.test(sha256) ? sizeOf(placeOf(sha256)) : undefined)),
    list: () => listBlobs(path.join(root, "blobs")),
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
        if (size > maxBytes) throw new AppError("too_large", "blob.too_large", `The file is larger than ${maxBytes} bytes, the limit of this server. Raise SLIPWAY_UPLOAD_MAX_BYTES or send a smaller file.`);
        const written = writeAll(handle, chunk);
        hash.update(chunk);
        await written;
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    const sha256 = hash.digest("hex");
    if (expectedSha256 !== undefined && expectedSha256 !== sha256) {
      throw new AppError("invalid", "blob.digest_mismatch", `The bytes that arrived have the SHA-256 ${sha256}, not ${expectedSha256}: the file was changed or cut on its way. Send it again.`, { details: { sha256, expectedSha256 } });
    }
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
  if (!digestPattern.test(sha256)) throw missing(sha256);
  try {
    return await open(placeOf(sha256), "r");
  } catch (cause) {
    throw hasCode(cause, "ENOENT") ? missing(sha256, cause) : cause;
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

async function* listBlobs(folder: string): AsyncIterable<StoredBlob> {
  if ((await sizeOf(folder)) === undefined) return;
  for await (const entry of await opendir(folder, { recursive: true })) {
    if (!entry.isFile() || !digestPattern.test(entry.name)) continue;
    yield { sha256: entry.name, size: (await stat(path.join(entry.parentPath, entry.name))).size };
  }
}

/** Uploads that died with their process leave a file that nothing refers to. */
const removeAbandoned = async (folder: string): Promise<void> => {
  for await (const entry of await opendir(folder)) {
    const file = path.join(folder, entry.name);
    const age = Date.now() - (await stat(file)).mtimeMs;
    if (age > abandonedAfterMs) await unlink(file);
  }
};

const missing = (sha256: string, cause?: unknown): AppError =>
  new AppError("not_found", "blob.not_found", `The artifact store holds no file with the SHA-256 ${sha256.slice(0, 64)}.`, cause === undefined ? {} : { cause });

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
