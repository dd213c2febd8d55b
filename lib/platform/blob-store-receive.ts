import { createHash } from "node:crypto";
import { constants, type FileHandle, mkdir, open, rename, stat, unlink, utimes } from "node:fs/promises";
import path from "node:path";

import { blobTooLarge, digestMismatch } from "./blob-names";
import type { PutOptions, StoredBlob } from "./blobs";
import { hasCode, unlessMissing } from "./file-system";

/** Bodies up to this are hashed before a byte of them is written: most that come again and again, with every model of a kind, are small. */
const heldBytes = 64 << 10;

/** Names of files that this process saw to being on disk, each with its file. */
export type DurableNames = Map<string, string>;
const maxNames = 10_000;

export type Receive = PutOptions & { temporary: string; placeOf: (sha256: string) => string; durable: DurableNames };

/** Stores a body under its digest and returns when the bytes and their name are on disk. What is there already is kept, and young again. */
export const receive = async (source: AsyncIterable<Uint8Array>, { maxBytes, expectedSha256, temporary, placeOf, durable }: Receive): Promise<StoredBlob> => {
  const hash = createHash("sha256");
  const file = startFile(temporary);
  let size = 0;
  try {
    for await (const chunk of source) {
      size += chunk.byteLength;
      if (size > maxBytes) throw blobTooLarge(maxBytes);
      const written = file.write(chunk);
      hash.update(chunk);
      await written;
    }
    const sha256 = hash.digest("hex");
    if (expectedSha256 !== undefined && expectedSha256 !== sha256) throw digestMismatch(sha256, expectedSha256);
    const place = placeOf(sha256);
    if (await renew(place, size, durable)) await file.discard();
    else await file.moveTo(place);
    return { sha256, size };
  } catch (error) {
    await file.discard().catch((cause: unknown) => {
      throw new AggregateError([error, cause], "an upload failed, and so did removing what it left");
    });
    throw error;
  }
};

/** A file that comes to be when it has to. */
const startFile = (temporary: string) => {
  let held: Uint8Array[] = [];
  let size = 0;
  let handle: FileHandle | undefined;
  const flush = async (): Promise<FileHandle> => {
    const chunks = held;
    held = [];
    handle ??= await open(temporary, "wx", 0o640);
    for (const chunk of chunks) await writeAll(handle, chunk);
    return handle;
  };
  const close = async (): Promise<boolean> => {
    const opened = handle;
    handle = undefined;
    await opened?.close();
    return opened !== undefined;
  };
  return {
    write: async (chunk: Uint8Array): Promise<void> => {
      held.push(chunk);
      size += chunk.byteLength;
      if (size > heldBytes) await flush();
    },
    /** Puts the file in its place once its bytes are on disk. */
    moveTo: async (place: string): Promise<void> => {
      const folder = path.dirname(place);
      const opened = await flush();
      await Promise.all([opened.sync(), mkdir(folder, { recursive: true })]);
      await rename(temporary, place);
      await Promise.all([syncFolder(folder), close()]);
    },
    discard: async (): Promise<void> => {
      if (await close()) await unlessMissing(unlink(temporary), undefined);
    },
  };
};

const writeAll = async (handle: FileHandle, chunk: Uint8Array): Promise<void> => {
  for (let done = 0; done < chunk.byteLength; ) done += (await handle.write(chunk, done)).bytesWritten;
};

/**
 * Makes a file that is there with this size young again, so that the collector leaves it; false when there is none. Its bytes were on
 * disk before it got its name; the name may still be on its way there, by the hand of another process.
 */
const renew = async (place: string, size: number, durable: DurableNames): Promise<boolean> => {
  const found = await unlessMissing(stat(place), undefined);
  if (found?.size !== size) return false;
  const now = new Date();
  const isYoung = await utimes(place, now, now).then(() => true, (error: unknown) => {
    if (hasCode(error, "ENOENT", "EPERM", "EACCES")) return false; // taken by the collector, or another user's: it gets a file of our own
    throw error;
  });
  if (!isYoung) return false;
  const file = `${found.ino} ${found.birthtimeMs}`;
  if (durable.get(place) === file) return true;
  await syncFolder(path.dirname(place));
  durable.set(place, file);
  const [oldest] = durable.keys();
  if (durable.size > maxNames && oldest !== undefined) durable.delete(oldest);
  return true;
};

const syncFolder = async (folder: string): Promise<void> => {
  const directory = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
};
