import { Readable } from "node:stream";

import { AppError } from "@/lib/core/errors";
import type { Context } from "@/lib/platform/context";

import { type OpenedFile, uploadBlob } from "./service";

/** The bytes of a request's body; an absent body has none. */
export const bodyOf = (request: Request): AsyncIterable<Uint8Array> => (request.body ?? Readable.from([]));

/** Refuses early what announces itself as too large. */
export const checkAnnouncedSize = (ctx: Context, request: Request): void => {
  const limit = ctx.deps.env.uploadMaxBytes;
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw new AppError("too_large", "blob.too_large", `The file is larger than ${limit} bytes, the limit of this server. Raise SLIPWAY_UPLOAD_MAX_BYTES or send a smaller file.`);
};

/** Streams the body of PUT /blobs into the store and answers with its digest and size. */
export const receiveBlob = async (ctx: Context, request: Request): Promise<Response> => {
  checkAnnouncedSize(ctx, request);
  const expectedSha256 = request.headers.get("x-slipway-sha256")?.toLowerCase();
  if (expectedSha256 !== undefined && !/^[0-9a-f]{64}$/.test(expectedSha256)) throw new AppError("invalid", "blob.bad_digest", "The header x-slipway-sha256 must be 64 hexadecimal digits.");
  const blob = await uploadBlob(ctx, { source: bodyOf(request), expectedSha256 });
  return Response.json(blob, { status: 201 });
};

/** Answers with an opened file: as a download that no browser interprets, with its digest as the entity tag, whole or by range. */
export const fileResponse = ({ path, sha256, size, mediaType, range, stream }: OpenedFile): Response => {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const headers = new Headers({
    "content-type": mediaType,
    "content-length": String(range ? range.end - range.start + 1 : size),
    "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
    "accept-ranges": "bytes",
    etag: `"${sha256}"`,
    ...(range ? { "content-range": `bytes ${range.start}-${range.end}/${size}` } : {}),
  });
  return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, { status: range ? 206 : 200, headers });
};
