import { randomBytes } from "node:crypto";

import { AppError } from "@/lib/core/errors";

const digestPattern = /^[0-9a-f]{64}$/;
const pendingPattern = /^pending-[0-9a-f]{56}$/;

export const isDigest = (name: string): boolean => digestPattern.test(name);

/** Tells the provisional name of bytes that nobody has hashed yet from a digest. */
export const isPendingName = (name: string): boolean => pendingPattern.test(name);

/** A provisional name, as long as a digest and never equal to one. */
export const newPendingName = (): string => `pending-${randomBytes(28).toString("hex")}`;

/** Where the bytes of a digest lie below the root, whatever the store. */
export const placeOfDigest = (sha256: string): string => `blobs/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`;

export const blobMissing = (name: string, cause?: unknown): AppError =>
  new AppError("not_found", "blob.not_found", `The artifact store holds no file with the SHA-256 ${name.slice(0, 64)}.`, cause === undefined ? {} : { cause });

export const blobTooLarge = (maxBytes: number): AppError =>
  new AppError("too_large", "blob.too_large", `The file is larger than ${maxBytes} bytes, the limit of this server. Raise SLIPWAY_UPLOAD_MAX_BYTES or send a smaller file.`);

export const digestMismatch = (sha256: string, expectedSha256: string): AppError =>
  new AppError("invalid", "blob.digest_mismatch", `The bytes that arrived have the SHA-256 ${sha256}, not ${expectedSha256}: the file was changed or cut on its way. Send it again.`, { details: { sha256, expectedSha256 } });
