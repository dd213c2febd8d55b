import { Readable } from "node:stream";

import { AppError, isAppError } from "@/lib/core/errors";
import type { HeaderReader } from "@/lib/http/headers";
import { isDigest } from "@/lib/platform/blob-names";
import type { Context } from "@/lib/platform/context";

import { checkAnnouncedSize } from "./quota";
import { parseRange, resolveRange } from "./range";
import { openFile, type OpenedFile, uploadBlob } from "./service";
import type { ArtifactRow } from "./store";

/** The bytes of a request's body; an absent body has none. */
const bodyOf = (request: Request): AsyncIterable<Uint8Array> => (request.body ?? Readable.from([]));

/** Streams the body of PUT /blobs into the store and answers with its digest and size. */
export const receiveBlob = async (ctx: Context, request: Request): Promise<Response> => {
  await checkAnnouncedSize(ctx, request);
  const expectedSha256 = request.headers.get("x-slipway-sha256")?.toLowerCase();
  if (expectedSha256 !== undefined && !/^[0-9a-f]{64}$/.test(expectedSha256)) throw new AppError("invalid", "blob.bad_digest", "The header x-slipway-sha256 must be 64 hexadecimal digits.");
  const blob = await uploadBlob(ctx, { source: bodyOf(request), expectedSha256 });
  return Response.json(blob, { status: 201 });
};

/** A file is a download that no browser interprets, with its digest as the entity tag (RFC 9110) and as Repr-Digest (RFC 9530). */
const headersOfFile = ({ path, sha256, size, mediaType }: ArtifactRow, range: OpenedFile["range"]): Record<string, string> => ({
  "content-type": mediaType,
  "content-length": String(range ? range.end - range.start + 1 : size),
  "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(path.slice(path.lastIndexOf("/") + 1))}`,
  "x-content-type-options": "nosniff",
  "content-security-policy": "sandbox; default-src 'none'",
  "accept-ranges": "bytes",
  etag: `"${sha256}"`,
  ...(isDigest(sha256) && { "repr-digest": `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:` }), // bytes that came directly may still wait for theirs
  ...(range ? { "content-range": `bytes ${range.start}-${range.end}/${size}` } : {}),
});

/** Answers with an opened file, whole or by range. */
export const fileResponse = ({ range, stream, ...file }: OpenedFile): Response =>
  new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, { status: range ? 206 : 200, headers: headersOfFile(file, range) });

export type Download = { status: 200 | 206 | 304 | 416; headers: Record<string, string>; stream: Readable | undefined };

const namesTag = (header: string | null, sha256: string): boolean => header !== null && (header.trim() === "*" || header.split(",").some((tag) => tag.trim().replace(/^W\//, "") === `"${sha256}"`));

/**
 * What a reader gets of a file by its If-None-Match, Range and If-Range (RFC 9110, 13 and 14): nothing new, all of it, a part, or the
 * news that the part lies outside. The caller has authorised the read; the stream is the caller's to end.
 */
export const openDownload = async (ctx: Pick<Context, "deps">, file: ArtifactRow, headers: HeaderReader): Promise<Download> => {
  if (namesTag(headers.get("if-none-match"), file.sha256)) return { status: 304, headers: { etag: `"${file.sha256}"` }, stream: undefined };
  const isCurrent = headers.get("if-range") === null || headers.get("if-range") === `"${file.sha256}"`;
  const wanted = isCurrent ? parseRange(headers.get("range")) : undefined;
  try {
    if (wanted) resolveRange(wanted, file.size);
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { status: 416, headers: { "content-range": `bytes */${file.size}`, "content-type": "text/plain" }, stream: Readable.from([error.message]) };
  }
  const { range, stream } = await openFile(ctx, file, wanted);
  return { status: range ? 206 : 200, headers: headersOfFile(file, range), stream };
};
