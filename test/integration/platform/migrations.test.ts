import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { Client } from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { migrateDatabase, migrationsFolder } from "@/lib/platform/db/migrate";

const all = migrationsFolder(process.cwd());
const name = `slipway_steps_${process.pid}`;
let admin: Client;
let client: Client;
let folder: string;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "slipway-migrations-"));
  admin = new Client({ connectionString: inject("postgresUrl") });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const target = new URL(inject("postgresUrl"));
  target.pathname = `/${name}`;
  url = target.href;
  client = new Client({ connectionString: url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  await admin.end();
  rmSync(folder, { recursive: true, force: true });
});

/** Brings the database to the state just before a migration. */
const migrateUpTo = async (migration: string): Promise<void> => {
  for (const entry of readdirSync(all).filter((entry) => entry < migration || entry.endsWith(".toml"))) cpSync(path.join(all, entry), path.join(folder, entry), { recursive: true });
  await migrateDatabase(url, folder);
};

test("tags that models had in a table of their own go with them into their rows", async () => {
  await migrateUpTo("20261121021500_keep_tags_of_models_with_them");
  await client.query(`
    INSERT INTO workspace (id, name, title, created_at) VALUES (uuidv7(), 'w', 'w', now());
    INSERT INTO registered_model (id, workspace_id, name, created_by, created_at, updated_at) SELECT uuidv7(), id, n, 'ada', now(), now() FROM workspace, unnest(ARRAY['plain', 'tagged']) n WHERE workspace.name = 'w';
    INSERT INTO registered_model_tag (workspace_id, model_id, key, value) SELECT m.workspace_id, m.id, k, k || ' of "it"' FROM registered_model m, unnest(ARRAY['team', 'tier']) k WHERE m.name = 'tagged'`);
  await migrateDatabase(url, all);
  const { rows } = await client.query("SELECT name, tags FROM registered_model ORDER BY name");
  expect(rows).toEqual([{ name: "plain", tags: {} }, { name: "tagged", tags: { team: 'team of "it"', tier: 'tier of "it"' } }]);
});
