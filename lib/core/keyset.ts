import { createHash } from "node:crypto";

import { AppError } from "./errors";

/** Where a page ended: the last row's values in the order of its list, as Postgres writes them; null is a missing one. */
export type Position = (string | null)[];

const fingerprintOf = (query: unknown): string => createHash("sha256").update(JSON.stringify(query)).digest("base64url").slice(0, 16);

/** An opaque token for the page behind `position`; it holds for `query` (filter, order, and whatever else chooses the rows) alone. */
export const encodePosition = (query: unknown, position: Position): string => Buffer.from(JSON.stringify([fingerprintOf(query), ...position])).toString("base64url");

/** Reads a token of `encodePosition`; raises invalid for anything else, and for a token of another query. */
export const decodePosition = (query: unknown, token: string): Position => {
  let values: unknown;
  try {
    values = JSON.parse(Buffer.from(token, "base64url").toString());
  } catch (cause) {
    throw new AppError("invalid", "page.bad_cursor", "Invalid page token: it is not one that this server returned. Start again without it.", { cause });
  }
  const isPosition = Array.isArray(values) && values.length > 1 && values.every((value): value is string | null => value === null || typeof value === "string");
  if (!isPosition) throw new AppError("invalid", "page.bad_cursor", "Invalid page token: it is not one that this server returned. Start again without it.");
  const [fingerprint, ...position] = values as Position;
  if (fingerprint !== fingerprintOf(query)) throw new AppError("invalid", "page.other_query", "Invalid page token: it belongs to another search. Send it with the filter, order and experiments of the page that it came with, or start again without it.");
  return position;
};
