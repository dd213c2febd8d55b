import { createHash } from "node:crypto";

import { DatabaseError, types } from "pg";

import type { Database, Prisma } from "./client";
import { hasPool, poolOf } from "./pool";
import { isPreparing, stopPreparing } from "./prepared";

type Value = string | number | bigint | boolean | Date | Uint8Array | null | readonly string[];
/** A statement under a name, which each connection prepares once. The text never changes under its name. */
export type Statement = { name: string; text: string };
/** A row as Postgres writes it: one text a column, null for NULL. */
export type TextRow = readonly (string | null)[];

type Types = { getTypeParser: (oid: number) => (text: string) => unknown };
const asText = (text: string): string => text;
const texts: Types = { getTypeParser: () => asText };
const int8: number = types.builtins.INT8;
const defaultParser = types.getTypeParser as (oid: number) => (text: string) => unknown;
/** The values that the client gives for raw queries. */
export const plain: Types = { getTypeParser: (oid) => (oid === int8 ? BigInt : defaultParser(oid)) };

/**
 * Runs one statement, which is a transaction of its own, on a connection of the pool behind `db` and without the client's translation:
 * for what runs by the thousand. Raises pg's DatabaseError for what Postgres refuses, and an error that counts as unavailable when it
 * can't be reached.
 */
export const runStatement = (db: Database, statement: Statement, values: readonly Value[]): Promise<TextRow[]> => prepared(db, statement, { values: [...values], rowMode: "array", types: texts });

/** The same for a statement that only reads: rows as the client's raw queries give them. */
export const readRows = <Row>(db: Database, statement: Statement, values: readonly Value[]): Promise<Row[]> => prepared(db, statement, { values: [...values], types: plain });

/** The same for a statement that was put together for one question, so that it is not worth preparing. */
export const readFound = <Row>(db: Database, { text, values }: Prisma.Sql): Promise<Row[]> => send(db, { text, values, types: plain });

/** A connection carries no more texts than these; what is prepared stays so. */
const maxShapes = 200;
const maxSeen = 1_000;
const worthPreparing = 3;
const shapes = new Map<string, string>();
const seen = new Map<string, number>();

/** A name for a text that has come several times; undefined for others. */
const shapeOf = (text: string): string | undefined => {
  const known = shapes.get(text);
  if (known !== undefined || shapes.size === maxShapes) return known;
  const times = (seen.get(text) ?? 0) + 1;
  if (times === worthPreparing) {
    shapes.set(text, `shape_${createHash("sha256").update(text).digest("hex").slice(0, 32)}`); // of the text alone: another copy of this module may share the connections
    seen.delete(text);
  } else {
    if (seen.size === maxSeen) seen.clear();
    seen.set(text, times);
  }
  return shapes.get(text);
};

/** The same for questions that come again and again with other values: their texts are prepared once that shows. Not where the best plan depends on the values. */
export const readAgain = <Row>(db: Database, { text, values }: Prisma.Sql): Promise<Row[]> => {
  const name = shapeOf(text);
  return name === undefined ? send(db, { text, values, types: plain }) : prepared(db, { name, text }, { values, types: plain });
};

const prepared = async <Row>(db: Database, { name, text }: Statement, rest: Omit<Query, "text" | "name">): Promise<Row[]> => {
  const query = { ...rest, text };
  try {
    return await send<Row>(db, isPreparing() ? { ...query, name } : query);
  } catch (error) {
    if (!stopPreparing(error)) throw error;
    return send<Row>(db, query);
  }
};

type Query = { text: string; values: unknown[]; rowMode?: "array"; types: Types; name?: string };

const send = async <Row>(db: Database, query: Query): Promise<Row[]> => (await telling(poolOf(db).query(query))).rows as Row[];

/** Raises pg's DatabaseError for what Postgres refuses, and an error that counts as unavailable when it can't be reached. */
export const telling = async <T>(answer: Promise<T>): Promise<T> => {
  try {
    return await answer;
  } catch (cause) {
    if (cause instanceof DatabaseError) throw cause;
    throw Object.assign(new Error("the database did not answer", { cause }), { name: "DatabaseUnreachable" });
  }
};

/** Tells the database itself from a transaction in it. */
export const isDatabase = (tx: object): tx is Database => hasPool(tx);

/** The SQLSTATE and detail of what Postgres refused, or undefined for other errors. */
export const refusalOf = (error: unknown): { state: string; detail: string } | undefined => (error instanceof DatabaseError ? { state: error.code ?? "", detail: error.detail ?? "" } : undefined);

/** Numbers as the text of a Postgres array. */
export const numberArray = (numbers: readonly (number | bigint)[]): string => `{${numbers.join(",")}}`;
