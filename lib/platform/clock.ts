import { type Database, isDatabase, readRows, type SqlTx, type Statement } from "./db";

/** The one source of time of business rules: the database's clock, read once a transaction. */
export type Clock = {
  now: (tx: SqlTx) => Promise<Date>;
  /**
   * The database's time as this process knows it, at most a second after it asked: never ahead of that clock, behind it by the milliseconds
   * that the answer took, and never before a time that this process was told. For notes of when something came; what is due, expires
   * or decides is judged by `now`.
   */
  nearly: (db: Database) => Promise<Date>;
};

const readClock: Statement = { name: "read_clock", text: "SELECT date_trunc('milliseconds', clock_timestamp()) AS now" };

const trustedForMs = 1_000;
/** An answer that took longer says too little about the time at which it came. */
const promptMs = 20;

const read = async (tx: SqlTx): Promise<number> => {
  const rows = isDatabase(tx) ? await readRows<{ now: Date }>(tx, readClock, []) : await tx.$queryRawUnsafe<{ now: Date }[]>(`/* prepared as read_clock_within */ ${readClock.text}`);
  const row = rows[0];
  if (!row) throw new Error("the database did not tell the time");
  return row.now.getTime();
};

/** What an answer said, and when it came, by this process's own clock. */
const known = new WeakMap<Database, { timeMs: number; atMs: number }>();
/** The latest time that was given out. */
let lastMs = 0;

/** A database clock that is further behind than this was set, or is another's: it is followed. */
const steppedMs = 1_000;

const notBeforeLast = (timeMs: number): number => (lastMs = lastMs - timeMs < steppedMs ? Math.max(lastMs, timeMs) : timeMs);

export const databaseClock: Clock = {
  now: async (tx) => {
    const askedMs = performance.now();
    const timeMs = await read(tx);
    const atMs = performance.now();
    if (isDatabase(tx) && atMs - askedMs < promptMs) known.set(tx, { timeMs, atMs });
    notBeforeLast(timeMs);
    return new Date(timeMs);
  },
  nearly: async (db) => {
    const told = known.get(db);
    const goneMs = told ? performance.now() - told.atMs : Infinity;
    return !told || goneMs > trustedForMs ? databaseClock.now(db) : new Date(notBeforeLast(Math.floor(told.timeMs + goneMs)));
  },
};
