import { AppError } from "./errors";

export type Page<T> = { items: T[]; nextCursor: string | null };

/** Encodes keyset values (the sort key and the id of the last row) as an opaque cursor. */
export const encodeCursor = (values: readonly (string | number)[]): string => Buffer.from(JSON.stringify(values)).toString("base64url");

/** Decodes a cursor into exactly `length` keyset values; raises invalid when it was not made by encodeCursor. */
export const decodeCursor = (cursor: string, length: number): (string | number)[] => {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Array.isArray(values) && values.length === length && values.every((value) => typeof value === "string" || typeof value === "number")) return values;
  } catch (cause) {
    throw new AppError("invalid", "page.bad_cursor", "The cursor is not one that this API returned; start again without it.", { cause });
  }
  throw new AppError("invalid", "page.bad_cursor", "The cursor is not one that this API returned; start again without it.");
};

/** Cuts a result fetched with one row more than `limit` into a page. */
export const toPage = <Row, Item>(rows: readonly Row[], limit: number, toItem: (row: Row) => Item, keyOf: (row: Row) => readonly (string | number)[]): Page<Item> => {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return { items: kept.map(toItem), nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
};
