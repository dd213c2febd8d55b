import { Client } from "pg";
import { inject } from "vitest";

import { type Database, openDatabase } from "@/lib/platform/db";

/** `url` and `db` have the rights of web, worker and gateway together, as in production; `ownerUrl` may do everything. */
export type TestDatabase = { url: string; ownerUrl: string; db: Database; close: () => Promise<void> };

let made = 0;

const withAdmin = async (work: (client: Client) => Promise<unknown>): Promise<void> => {
  const client = new Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
};

/** Clones the migrated template (about 50 ms): real Postgres, every migration applied, no rows. Call `close` in afterAll. */
export const testDatabase = async (): Promise<TestDatabase> => {
  const template = inject("templateName");
  made += 1;
  const name = `${template}_${process.pid}_${made}`;
  await withAdmin((client) => client.query(`CREATE DATABASE "${name}" TEMPLATE "${template}" STRATEGY FILE_COPY`));
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${name}`;
  const ownerUrl = url.href;
  url.username = "slipway_test";
  url.password = "test";
  const db = openDatabase({ url: url.href, poolMax: 2, applicationName: "test", statementTimeoutMs: 15_000 });
  return {
    url: url.href,
    ownerUrl,
    db,
    close: async () => {
      await db.$disconnect();
      await withAdmin((client) => client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`));
    },
  };
};

/** An empty database, without a migration. */
export const emptyDatabase = async (): Promise<{ ownerUrl: string; close: () => Promise<void> }> => {
  made += 1;
  const name = `${inject("templateName")}_${process.pid}_${made}`;
  await withAdmin((client) => client.query(`CREATE DATABASE "${name}"`));
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${name}`;
  return { ownerUrl: url.href, close: () => withAdmin((client) => client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`)) };
};
