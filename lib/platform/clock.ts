import { type Database, isDatabase, readRows, type Statement, type Tx } from "./db";

/** The one source of time of business rules: the database's clock, read once a transaction. */
export type Clock = {
  now: (tx: Tx) => Promise<Date>;
  /** The time, and beside it the columns that the text of a statement lists, by one trip. */
  nowBeside: <Row>(db: Database, columns: Statement, values: Parameters<typeof readRows>[2]) => Promise<Row & { now: Date }>;
};

const time = "date_trunc('milliseconds', clock_timestamp()) AS now";
const readClock: Statement = { name: "read_clock", text: `SELECT ${time}` };

const first = <Row>([row]: readonly Row[]): Row => {
  if (!row) throw new Error("the database did not tell the time");
  return row;
};

export const databaseClock: Clock = {
  now: async (tx) => first(isDatabase(tx) ? await readRows<{ now: Date }>(tx, readClock, []) : await tx.$queryRawUnsafe<{ now: Date }[]>(`/* prepared as read_clock_within */ ${readClock.text}`)).now,
  nowBeside: async (db, { name, text }, values) => first(await readRows(db, { name, text: `SELECT ${time}, ${text}` }, values)),
};
