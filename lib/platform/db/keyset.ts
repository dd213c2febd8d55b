import { AppError } from "@/lib/core/errors";
import type { Position } from "@/lib/core/keyset";

import { Prisma } from "./client";

const casts = {
  float8: Prisma.sql`::text::float8`,
  bigint: Prisma.sql`::text::bigint`,
  int: Prisma.sql`::text::int`,
  text: Prisma.sql`::text`,
  bpchar: Prisma.sql`::text::bpchar`,
  timestamptz: Prisma.sql`::text::timestamptz`,
};

/** One term of an order. Missing values come last, whichever the direction. */
export type OrderTerm = { sql: Prisma.Sql; type: keyof typeof casts; isAscending: boolean; isNullable: boolean };

export const termOf = (sql: Prisma.Sql, type: OrderTerm["type"], isAscending: boolean, isNullable = false): OrderTerm => ({ sql, type, isAscending, isNullable });

/** What stands behind ORDER BY. */
export const orderBy = (terms: readonly OrderTerm[]): Prisma.Sql =>
  Prisma.join(terms.map(({ sql, isAscending, isNullable }) => Prisma.sql`${sql} ${isAscending ? Prisma.sql`ASC` : Prisma.sql`DESC`}${isNullable ? Prisma.sql` NULLS LAST` : Prisma.empty}`), ", ");

/** A row's values of the terms, for the token of the next page: an array of texts. */
export const positionOf = (terms: readonly OrderTerm[]): Prisma.Sql => Prisma.sql`ARRAY[${Prisma.join(terms.map(({ sql }) => Prisma.sql`(${sql})::text`), ", ")}]`;
/** The same as JSON, which `cutPage` reads of the one row that it needs it of. */
export const positionColumn = (terms: readonly OrderTerm[]): Prisma.Sql => Prisma.sql`array_to_json(${positionOf(terms)})::text AS position`;

const isInteger = (bound: bigint) => (value: string): boolean => /^-?\d{1,19}$/.test(value) && BigInt(value) <= bound && BigInt(value) >= -bound;
const isText = (value: string): boolean => !value.includes("\0");

const isWellFormed: Record<OrderTerm["type"], (value: string) => boolean> = {
  float8: (value) => /^(-?(\d+(\.\d+)?(e[-+]\d{1,3})?|Infinity)|NaN)$/.test(value),
  bigint: isInteger(2n ** 63n - 1n),
  int: isInteger(2n ** 31n - 1n),
  text: isText,
  bpchar: isText,
  timestamptz: (value) => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[-+]\d\d(:\d\d)?$/.test(value) && !Number.isNaN(Date.parse(value)),
};

/** The rows behind a position: lexicographic, each term in its own direction. Raises invalid where the position is of no such order. */
export const beyond = (terms: readonly OrderTerm[], position: Position): Prisma.Sql => {
  const isFitting = position.length === terms.length && terms.every(({ type, isNullable }, index) => {
    const value = position[index];
    return value === null ? isNullable : value !== undefined && isWellFormed[type](value);
  });
  if (!isFitting) throw new AppError("invalid", "page.bad_cursor", "Invalid page token: it is not one that this server returned. Start again without it.");
  return terms.reduceRight<Prisma.Sql>((rest, { sql, type, isAscending, isNullable }, index) => {
    const value = position[index];
    const isLast = index === terms.length - 1;
    if (value === null || value === undefined) return isLast ? Prisma.sql`false` : Prisma.sql`(${sql} IS NULL AND ${rest})`;
    const here = Prisma.sql`${value}${casts[type]}`;
    const after = Prisma.sql`${sql} ${isAscending ? Prisma.sql`>` : Prisma.sql`<`} ${here}`;
    const missing = isNullable ? Prisma.sql` OR ${sql} IS NULL` : Prisma.empty;
    return isLast ? Prisma.sql`(${after}${missing})` : Prisma.sql`(${after}${missing} OR (${sql} = ${here} AND ${rest}))`;
  }, Prisma.sql`false`);
};

/** A row with its `positionColumn`. */
export type Placed<Row> = Row & { position: string };

/** Rows with their places in an order, cut to a page of `limit` where one more was fetched. */
export const cutPage = <Row>(rows: readonly Placed<Row>[], limit: number): { rows: Placed<Row>[]; end: Position | undefined } => {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { rows: rows.slice(0, limit), end: last && (JSON.parse(last.position) as Position) };
};
