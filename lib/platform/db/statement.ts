import { DatabaseError } from "pg";

import type { Database } from "./client";
import { poolOf } from "./pool";

type Value = string | number | bigint | boolean | Date | Uint8Array | null | readonly string[];
/** A statement under a name, which each connection prepares once. The text never changes under its name. */
export type Statement = { name: string; text: string };
/** A row as Postgres writes it: one text a column, null for NULL. */
export type TextRow = readonly (string | null)[];

const asText = (text: string): string => text;
const types = { getTypeParser: () => asText };

/** Poolers that hand every transaction another connection don't know what was prepared: 26000 it isn't there, 42P05 it is there already. */
const unprepared = new Set(["26000", "42P05"]);
let mayPrepare = true;

/**
 * Runs one statement, which is a transaction of its own, on a connection of the pool behind `db` and without the client's translation:
 * for what runs by the thousand. Raises pg's DatabaseError for what Postgres refuses, and an error that counts as unavailable when it
 * can't be reached. A pooler that can't prepare is found out by its refusal, which comes before anything ran; from then on this process
 * sends whole texts.
 */
export const runStatement = async (db: Database, { name, text }: Statement, values: readonly Value[]): Promise<TextRow[]> => {
  const query = { text, values: [...values], rowMode: "array" as const, types };
  try {
    return await send(db, mayPrepare ? { ...query, name } : query);
  } catch (error) {
    if (!mayPrepare || !(error instanceof DatabaseError) || !unprepared.has(error.code ?? "")) throw error;
    mayPrepare = false;
    return send(db, query);
  }
};

type Query = { text: string; values: Value[]; rowMode: "array"; types: typeof types; name?: string };

const send = async (db: Database, query: Query): Promise<TextRow[]> => {
  try {
    return (await poolOf(db).query<(string | null)[]>(query)).rows;
  } catch (cause) {
    if (cause instanceof DatabaseError) throw cause;
    throw Object.assign(new Error("the database did not answer", { cause }), { name: "DatabaseUnreachable" });
  }
};

/** The SQLSTATE and detail of what Postgres refused, or undefined for other errors. */
export const refusalOf = (error: unknown): { state: string; detail: string } | undefined => (error instanceof DatabaseError ? { state: error.code ?? "", detail: error.detail ?? "" } : undefined);

/** Numbers as the text of a Postgres array. */
export const numberArray = (numbers: readonly (number | bigint)[]): string => `{${numbers.join(",")}}`;
