import type { Pool } from "pg";

/** The pools behind clients, for whichever copy of this module asks: web loads two, its own bundle and the one that Next makes. */
const key = Symbol.for("slipway.db.pools");
const globals = globalThis as unknown as Record<symbol, WeakMap<object, Pool> | undefined>;
const pools = (globals[key] ??= new WeakMap());

export const keepPool = (db: object, pool: Pool): void => void pools.set(db, pool);
export const hasPool = (db: object): boolean => pools.has(db);

/** The pool of connections behind a client that `openDatabase` made. */
export const poolOf = (db: object): Pool => {
  const pool = pools.get(db);
  if (!pool) throw new Error("this client was not opened by openDatabase");
  return pool;
};
