import { isDatabase, readRows, type Statement, type Tx } from "./db";

/** The one source of time of business rules: the database's clock, read once a transaction. */
export type Clock = { now: (tx: Tx) => Promise<Date> };

const readClock: Statement = { name: "read_clock", text: "SELECT date_trunc('milliseconds', clock_timestamp()) AS now" };

export const databaseClock: Clock = {
  now: async (tx) => {
    const rows = isDatabase(tx) ? await readRows<{ now: Date }>(tx, readClock, []) : await tx.$queryRawUnsafe<{ now: Date }[]>(`/* prepared as read_clock_within */ ${readClock.text}`);
    const row = rows[0];
    if (!row) throw new Error("the database did not tell the time");
    return row.now;
  },
};
