import { createHash, randomBytes } from "node:crypto";

import canonicalize from "canonicalize";

import { AppError } from "@/lib/core/errors";

/** RFC 8785 text of a document. Dates, bigints and bytes become strings; undefined members are left out. */
export const canonicalText = (document: Record<string, unknown>): string => {
  const text = canonicalize(toPlain(document));
  if (text === undefined) throw new AppError("internal", "audit.not_canonical", "The event has no canonical form.");
  return text;
};

const toPlain = (value: unknown): unknown => {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (Array.isArray(value)) return value.map((item: unknown) => (item === undefined ? null : toPlain(item)));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined).map(([key, member]) => [key, toPlain(member)]));
  }
  return value;
};

/** Hash of a leaf of the audit tree: SHA-256 of 0x00 and the canonical text in UTF-8 (RFC 9162, section 2.1.1). */
export const leafHashOf = (canonical: string): Buffer => createHash("sha256").update(Uint8Array.of(0)).update(canonical, "utf8").digest();

export type Commitment = { field: string; salt: Buffer; value: string; digest: string };

/** Commits to a personal value without containing it: SHA-256 of a random 32-byte salt and the value. */
export const commitTo = (field: string, value: string, salt: Buffer = randomBytes(32)): Commitment => ({
  field,
  salt,
  value,
  digest: createHash("sha256").update(salt).update(value, "utf8").digest("hex"),
});
