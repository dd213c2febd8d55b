import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { Client } from "pg";
import type { TestProject } from "vitest/node";

import { migrateDatabase, migrationsFolder } from "@/lib/platform/db/migrate";
import { grantAllKinds } from "@/lib/platform/db/roles";
import { findFreePort, startPostgres } from "@/lib/platform/postgres";
import { migrateQueue } from "@/lib/platform/queue/migrate";

declare module "vitest" {
  export interface ProvidedContext {
    postgresUrl: string;
    templateName: string;
  }
}

const durable = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "200", autovacuum: "off" };

const testRole = "slipway_test";

/** Starts one Postgres for the run (or takes the one that SLIPWAY_TEST_POSTGRES_URL names) and migrates the template once. */
const setUp = async (project: TestProject): Promise<() => Promise<void>> => {
  const given = process.env["SLIPWAY_TEST_POSTGRES_URL"];
  const folder = given ? undefined : mkdtempSync(path.join(tmpdir(), "slipway-test-"));
  if (folder) chmodSync(folder, 0o711); // as root, Postgres runs as another user and must pass through
  const server = folder ? await startPostgres({ folder: path.join(folder, "postgres"), port: await findFreePort(), password: "test", settings: durable }) : undefined;
  const url = given ?? server?.url("postgres") ?? "";
  const templateName = `slipway_template_${process.pid}_${Date.now()}`;

  const admin = new Client({ connectionString: url });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${templateName}`);
  const templateUrl = new URL(url);
  templateUrl.pathname = `/${templateName}`;
  await migrateDatabase(templateUrl.href, migrationsFolder(process.cwd()));
  await migrateQueue(templateUrl.href);
  await admin.query(`DO $$ BEGIN CREATE ROLE ${testRole} LOGIN PASSWORD 'test'; EXCEPTION WHEN duplicate_object THEN NULL; END $$`);
  await grantAllKinds(templateUrl.href, testRole);
  project.provide("postgresUrl", url);
  project.provide("templateName", templateName);

  return async () => {
    if (given) {
      const made = await admin.query<{ datname: string }>("SELECT datname FROM pg_database WHERE datname LIKE $1", [`${templateName}%`]);
      for (const { datname } of made.rows) await admin.query(`DROP DATABASE "${datname}" WITH (FORCE)`);
    }
    await admin.end();
    await server?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  };
};

export default setUp;
