import { DatabaseError } from "pg";

import type { Database } from "./client";
import { poolOf } from "./pool";

type Value = string | number | bigint | boolean | Date | null | readonly (string | number)[];
/** A statement under a name, which each connection prepares once. The text never changes under its name. */
export type Statement = { name: string; text: string };

const asText = (text: string): string => text;
const parsers = { getTypeParser: () => asText };

/** Poolers that hand every transaction another connection don't know what was prepared: 26000 it isn't there, 42P05 it is there already. */
const unprepared = new Set(["26000", "42P05"]);
let mayPrepare = true;

/**
 * Runs one statement, which is a transaction of its own, on a connection of the pool behind `db`, without the client's translation: for
 * statements that run by the thousand. Rows come as arrays of Postgres's own texts (null for NULL). A pooler that can't prepare is
 * found out by its refusal, which comes before anything ran; from then on this process sends whole texts.
 */
export const runStatement = async (db: Database, { name, text }: Statement, values: readonly Value[]): Promise<(string | null)[][]> => {
  const query = { text, values: [...values], rowMode: "array", types: parsers };
  const pool = poolOf(db);
  if (!mayPrepare) return (await pool.query<(string | null)[]>(query)).rows;
  try {
    return (await pool.query<(string | null)[]>({ ...query, name })).rows;
  } catch (error) {
    if (!(error instanceof DatabaseError) || !unprepared.has(error.code ?? "")) throw error;
    mayPrepare = false;
    return (await pool.query<(string | null)[]>(query)).rows;
  }
};
