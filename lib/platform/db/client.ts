import { PrismaPg } from "@prisma/adapter-pg";
import { type ClientBase, Pool } from "pg";

import { Prisma, PrismaClient } from "@/prisma/generated/client";

import { clientGivingUpAfter } from "./connection";
import { keepPool } from "./pool";
import { preparedName } from "./prepared";

export { Prisma };
export type Database = PrismaClient;
/** A transaction, or the database itself where a single read needs none. */
export type Tx = Prisma.TransactionClient;

export type DatabaseOptions = { url: string; poolMax: number; applicationName: string; statementTimeoutMs: number };

/** Servers that are not ours compile statements that look costly: searches that take 5 ms would take 300. As parameters of the connection, poolers would refuse these. */
const tunePlanner = (client: ClientBase): Promise<unknown> => client.query("SET jit = off; SET random_page_cost = 1.1");

/** Opens a pool on Postgres behind the Prisma client. A server that no longer answers at all is given up 2 s after it should have ended the statement itself. */
export const openDatabase = ({ url, poolMax, applicationName, statementTimeoutMs }: DatabaseOptions): Database => {
  const settings = { connectionString: url, max: poolMax, application_name: applicationName, statement_timeout: statementTimeoutMs, keepAlive: true, connectionTimeoutMillis: 10_000, allowExitOnIdle: true, onConnect: tunePlanner };
  const pool = new Pool({ ...settings, Client: clientGivingUpAfter(statementTimeoutMs + 2_000) });
  pool.on("error", () => undefined); // an idle connection that breaks is replaced by the next one that is needed
  const db = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: true, statementNameGenerator: ({ sql }) => preparedName(sql) }), transactionOptions: { maxWait: 10_000, timeout: statementTimeoutMs } });
  keepPool(db, pool);
  return db;
};
