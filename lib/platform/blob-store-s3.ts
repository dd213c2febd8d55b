import { createHash, randomUUID } from "node:crypto";
import type { Readable } from "node:stream";

import { dayMs } from "@/lib/core/durations";
import { AppError } from "@/lib/core/errors";

import { blobMissing, blobTooLarge, digestMismatch, isDigest, isPendingName, placeOfDigest } from "./blob-names";
import type { BlobStore, ListedBlob, PutOptions, StoredBlob } from "./blobs";
import type { S3Settings } from "./env-s3";
import type { S3 } from "./s3-client";
import { cutIntoParts, openPartUpload, partBytesFor, type PartUpload } from "./s3-upload";

/** Uploads begun under a provisional name have a row of their own that ends them; this is for those that died before it was written. */
const pendingGraceMs = 8 * dayMs;

/**
 * Opens a bucket as artifact store: objects `blobs/ab/cd/<sha256>` below the prefix. An object appears there whole, by one PUT,
 * by the completion of an upload whose digest was known, or by a copy inside the bucket from `incoming/` once it is hashed.
 */
export const openS3BlobStore = (settings: S3Settings): BlobStore => {
  let opened: Promise<S3> | undefined;
  const s3 = (): Promise<S3> => (opened ??= import("./s3-client").then(({ openS3 }) => openS3(settings))); // the SDK is loaded only where it is used
  const at = (key: string): string => `${settings.prefix}${key}`;
  const placeOf = (name: string): string | undefined => (isDigest(name) ? at(placeOfDigest(name)) : isPendingName(name) ? at(`pending/${name}`) : undefined);
  const needPlace = (name: string): string => {
    const place = placeOf(name);
    if (place === undefined) throw blobMissing(name);
    return place;
  };
  const open = async (name: string, range?: { start: number; end?: number }): Promise<Readable> => {
    const found = await (await s3()).open(needPlace(name), range);
    if (!found) throw blobMissing(name);
    return found.stream;
  };
  const size = async (name: string): Promise<number | undefined> => {
    const place = placeOf(name);
    return place === undefined ? undefined : (await (await s3()).head(place))?.size;
  };

  return {
    put: async (source, options) => receive(await s3(), source, { ...options, at }),
    open,
    read: async (name, offset, length) => {
      const whole = await size(name);
      if (whole === undefined) throw blobMissing(name);
      const end = Math.min(offset + length, whole) - 1;
      if (end < offset) return new Uint8Array(0);
      const chunks: Buffer[] = [];
      for await (const chunk of (await open(name, { start: offset, end })) as AsyncIterable<Buffer>) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    size,
    list: (after) => listBlobs(s3, at, after),
    remove: async (name, since) => {
      const place = placeOf(name);
      const found = place === undefined ? undefined : await (await s3()).head(place);
      if (!found) return true;
      if (found.modifiedAt >= since) return false;
      await (await s3()).remove(found.key);
      return true;
    },
    sweep: async (before) => {
      const client = await s3();
      let count = 0;
      for await (const { key, modifiedAt } of client.list(at("incoming/"))) {
        if (modifiedAt >= before) continue;
        await client.remove(key);
        count += 1;
      }
      for (const { key, uploadId, begunAt } of await client.listUploads(settings.prefix)) {
        const isPending = key.startsWith(at("pending/"));
        const isOurs = isPending || key.startsWith(at("incoming/")) || key.startsWith(at("blobs/"));
        if (!isOurs || begunAt.getTime() >= before.getTime() - (isPending ? pendingGraceMs : 0)) continue;
        await client.abort(key, uploadId);
        count += 1;
      }
      return count;
    },
    check: async () => {
      const client = await s3();
      for await (const found of client.list(at("blobs/"))) if (found) break;
      const probe = at(`incoming/check-${randomUUID()}`);
      await client.put(probe, new Uint8Array(0));
      await client.remove(probe);
    },
    direct: {
      begin: async (name) => (await s3()).begin(needPlace(name)),
      signParts: async (name, uploadId, count) => {
        const client = await s3();
        return Promise.all(Array.from({ length: count }, async (_, index) => ({ partNumber: index + 1, url: await client.signPart(needPlace(name), uploadId, index + 1) })));
      },
      measure: async (name, uploadId) => (await s3()).measureParts(needPlace(name), uploadId),
      finish: async (name, uploadId, parts) => (await s3()).complete(needPlace(name), uploadId, parts),
      abort: async (name, uploadId) => {
        const client = await s3();
        await client.abort(needPlace(name), uploadId);
        await client.remove(needPlace(name)); // completed by somebody who died before noting it
      },
      adopt: async (name) => adopt(await s3(), name, needPlace(name), at),
      signDownload: async (name, fileName) => (await s3()).signGet(needPlace(name), fileName),
    },
  };
};

type Receive = PutOptions & { at: (key: string) => string };

const receive = async (s3: S3, source: AsyncIterable<Uint8Array>, { maxBytes, expectedSha256, at }: Receive): Promise<StoredBlob> => {
  const hash = createHash("sha256");
  let size = 0;
  const note = (chunk: Uint8Array): void => {
    size += chunk.byteLength;
    if (size > maxBytes) throw blobTooLarge(maxBytes);
    hash.update(chunk);
  };
  const isKnown = expectedSha256 !== undefined && isDigest(expectedSha256);
  const key = at(isKnown ? placeOfDigest(expectedSha256) : `incoming/${randomUUID()}`);
  const partBytes = partBytesFor(maxBytes);
  let upload: PartUpload | undefined;
  let only: Uint8Array = new Uint8Array(0);
  try {
    for await (const part of cutIntoParts(source, partBytes, note)) {
      if (!upload && part.byteLength < partBytes) only = part;
      else await (upload ??= await openPartUpload(s3, key)).add(part);
    }
    const sha256 = hash.digest("hex");
    if (expectedSha256 !== undefined && expectedSha256 !== sha256) throw digestMismatch(sha256, expectedSha256);
    const place = at(placeOfDigest(sha256));
    if (!upload) await s3.put(place, only);
    else {
      await upload.finish();
      if (key !== place) await move(s3, key, place, size);
    }
    return { sha256, size };
  } catch (error) {
    await upload?.discard(error);
    throw error;
  }
};

/** Gives an object its final place and removes it from the temporary one, whatever happens in between. */
const move = async (s3: S3, from: string, to: string, size: number): Promise<void> => {
  try {
    const found = await s3.open(from, { start: 0, end: 0 });
    found?.stream.destroy();
    if (!found) throw new AppError("unavailable", "blob.lost", "The artifact store lost an upload that it had confirmed. Send it again.");
    await s3.copy(from, to, size, found.etag);
  } finally {
    await s3.remove(from);
  }
};

const adopt = async (s3: S3, name: string, place: string, at: (key: string) => string): Promise<StoredBlob> => {
  const found = await s3.open(place);
  if (!found) throw blobMissing(name);
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of found.stream as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.byteLength;
  }
  const sha256 = hash.digest("hex");
  await s3.copy(place, at(placeOfDigest(sha256)), size, found.etag); // refused when the object is not the one that was hashed
  return { sha256, size };
};

async function* listBlobs(s3: () => Promise<S3>, at: (key: string) => string, after: string | undefined): AsyncGenerator<ListedBlob> {
  for await (const { key, size, modifiedAt } of (await s3()).list(at("blobs/"), after === undefined || after === "" ? undefined : at(placeOfDigest(after)))) {
    const name = key.slice(key.lastIndexOf("/") + 1);
    if (isDigest(name)) yield { sha256: name, size, modifiedAt };
  }
}
