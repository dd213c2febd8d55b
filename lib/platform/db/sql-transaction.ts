import type { QueryConfig, QueryResult } from "pg";

import { type Database, Prisma, type Tx } from "./client";
import { poolOf } from "./pool";
import { preparedName } from "./prepared";
import { plain, telling } from "./statement";

/** What of a transaction runs SQL as it is written. */
export type SqlTx = Pick<Tx, "$queryRaw" | "$queryRawUnsafe" | "$executeRaw">;

const readSql = (query: TemplateStringsArray | Prisma.Sql, values: unknown[]): Prisma.Sql => (query instanceof Prisma.Sql ? query : Prisma.sql(query, ...values));

type Ask = (query: QueryConfig) => Promise<QueryResult<Record<string, unknown>>>;

const sqlTxOf = (ask: Ask): SqlTx => {
  const run = (text: string, values: readonly unknown[]) => ask({ text, values: [...values], types: plain, name: preparedName(text) || undefined });
  const tx = {
    $queryRaw: async (query: TemplateStringsArray | Prisma.Sql, ...values: unknown[]) => {
      const sql = readSql(query, values);
      return (await run(sql.text, sql.values)).rows;
    },
    $queryRawUnsafe: async (text: string, ...values: unknown[]) => (await run(text, values)).rows,
    $executeRaw: async (query: TemplateStringsArray | Prisma.Sql, ...values: unknown[]) => {
      const sql = readSql(query, values);
      return (await run(sql.text, sql.values)).rowCount ?? 0;
    },
  };
  return tx as unknown as SqlTx; // the client's own return a promise with more to it, which nobody here asks for
};

/** SQL on the pool behind a client, each statement a transaction of its own, without the client's translation. */
export const sqlOn = (db: Database): SqlTx => sqlTxOf((query) => telling(poolOf(db).query(query)));

const begin = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '60s'";

/**
 * Runs `work` in a transaction without the client's translation, which takes a quarter of a millisecond a statement: for what is done
 * with every model that is logged. Postgres ends one that asks nothing for a minute; a connection on which it can't be ended is closed.
 */
export const runSqlTransaction = async <T>(db: Database, work: (tx: SqlTx) => Promise<T>): Promise<T> => {
  const client = await telling(poolOf(db).connect());
  const ask: Ask = (query) => telling(client.query(query));
  let isBroken = false;
  const notice = (): void => void (isBroken = true); // the query that waits is told by itself
  client.on("error", notice);
  try {
    await ask({ text: begin });
    const result = await work(sqlTxOf(ask));
    await ask({ text: "COMMIT" });
    return result;
  } catch (error) {
    await ask({ text: "ROLLBACK" }).catch(notice);
    throw error;
  } finally {
    client.off("error", notice);
    client.release(isBroken);
  }
};
