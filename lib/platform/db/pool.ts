import type { Pool } from "pg";

import type { Database, Tx } from "./client";

/** The pools behind clients, for whichever copy of this module asks: web loads two, its own bundle and the one that Next makes. */
const key = Symbol.for("slipway.db.pools");
const globals = globalThis as unknown as Record<symbol, WeakMap<Database, Pool> | undefined>;
const pools = (globals[key] ??= new WeakMap());

export const keepPool = (db: Database, pool: Pool): void => void pools.set(db, pool);

/** Tells the database itself from a transaction in it. */
export const isDatabase = (tx: Tx): tx is Database => pools.has(tx as Database);

/** The pool of connections behind a client that `openDatabase` made. */
export const poolOf = (db: Database): Pool => {
  const pool = pools.get(db);
  if (!pool) throw new Error("this client was not opened by openDatabase");
  return pool;
};
