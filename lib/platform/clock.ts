import type { Tx } from "./db";

/** The one source of time of business rules: the database's clock, read once a transaction. */
export type Clock = { now: (tx: Tx) => Promise<Date> };

export const databaseClock: Clock = {
  now: async (tx) => {
    const rows = await tx.$queryRaw<{ now: Date }[]>`SELECT date_trunc('milliseconds', clock_timestamp()) AS now`;
    const row = rows[0];
    if (!row) throw new Error("the database did not tell the time");
    return row.now;
  },
};
