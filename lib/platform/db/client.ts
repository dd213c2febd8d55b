import { PrismaPg } from "@prisma/adapter-pg";
import { Pool } from "pg";

import { Prisma, PrismaClient } from "@/prisma/generated/client";

import { keepPool } from "./pool";

export { Prisma };
export type Database = PrismaClient;
/** A transaction, or the database itself where a single read needs none. */
export type Tx = Prisma.TransactionClient;

export type DatabaseOptions = { url: string; poolMax: number; applicationName: string; statementTimeoutMs: number };

/** Opens a pool on Postgres behind the Prisma client. A server that no longer answers at all is given up 2 s after it should have ended the statement itself. */
export const openDatabase = ({ url, poolMax, applicationName, statementTimeoutMs }: DatabaseOptions): Database => {
  const pool = new Pool({ connectionString: url, max: poolMax, application_name: applicationName, statement_timeout: statementTimeoutMs, query_timeout: statementTimeoutMs + 2_000, keepAlive: true, connectionTimeoutMillis: 10_000, allowExitOnIdle: true });
  pool.on("error", () => undefined); // an idle connection that breaks is replaced by the next one that is needed
  const db = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: true }), transactionOptions: { maxWait: 10_000, timeout: statementTimeoutMs } });
  keepPool(db, pool);
  return db;
};
