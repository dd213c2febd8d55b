import { PrismaPg } from "@prisma/adapter-pg";

import { Prisma, PrismaClient } from "@/prisma/generated/client";

export { Prisma };
export type Database = PrismaClient;
/** A transaction, or the database itself where a single read needs none. */
export type Tx = Prisma.TransactionClient;

export type DatabaseOptions = { url: string; poolMax: number; applicationName: string; statementTimeoutMs: number };

/** Opens a pool on Postgres behind the Prisma client. A server that no longer answers at all is given up 2 s after it should have ended the statement itself. */
export const openDatabase = ({ url, poolMax, applicationName, statementTimeoutMs }: DatabaseOptions): Database =>
  new PrismaClient({
    adapter: new PrismaPg({ connectionString: url, max: poolMax, application_name: applicationName, statement_timeout: statementTimeoutMs, query_timeout: statementTimeoutMs + 2_000, keepAlive: true, connectionTimeoutMillis: 10_000 }),
    transactionOptions: { maxWait: 10_000, timeout: statementTimeoutMs },
  });
