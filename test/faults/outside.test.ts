import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { Redis } from "ioredis";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";

import { findFreePort, type PostgresServer, startPostgres } from "@/lib/platform/postgres";
import { startSystem, type System } from "@/test/support/system";

let folder: string;
let postgres: PostgresServer;
let redis: ChildProcess;
let redisUrl: string;
let system: System;

const findRedis = (): string => {
  const found = ["redis-server", "valkey-server"].find((name) => spawnSync(name, ["--version"]).status === 0);
  if (!found) throw new Error("This test needs a real Redis: install redis-server or valkey-server (.ci/run does).");
  return found;
};

const query = async (url: string, sql: string): Promise<Record<string, unknown>[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
};

const app = { name: "app_user_role", password: "app" };
const owner = { name: "app_owner", password: "owner" };

beforeAll(async () => {
  const redisProgram = findRedis();
  folder = mkdtempSync(path.join(tmpdir(), "slipway-outside-"));
  chmodSync(folder, 0o711);
  postgres = await startPostgres({ folder: path.join(folder, "postgres"), port: await findFreePort(), password: "outside" });
  for (const role of [app, owner]) await query(postgres.url("postgres"), `CREATE ROLE ${role.name} LOGIN PASSWORD '${role.password}'`);
  await query(postgres.url("postgres"), `CREATE DATABASE outside OWNER ${owner.name}`);
  const redisPort = await findFreePort();
  redisUrl = `redis://127.0.0.1:${redisPort}`;
  redis = spawn(redisProgram, ["--port", String(redisPort), "--bind", "127.0.0.1", "--save", "", "--dir", folder], { stdio: "ignore" });
  system = await startSystem({
    env: {
      DATABASE_URL: postgres.url("outside", app),
      SLIPWAY_MIGRATION_DATABASE_URL: postgres.url("outside", owner),
      SLIPWAY_SECRET_KEY: "5a".repeat(32),
      REDIS_URL: redisUrl,
    },
  });
});
afterAll(async () => {
  await system?.stop();
  await postgres?.stop();
  redis?.kill();
  rmSync(folder, { recursive: true, force: true });
});

test("DATABASE_URL replaces the embedded server, with an app role that owns nothing", async () => {
  expect((await system.state()).processes["postgres"]).toBe(0);
  expect((await system.call("POST", "/api/slipway/v1/w/default/models", { name: "outside" })).status).toBe(201);
  const rows = await query(postgres.url("outside", owner), "SELECT name FROM registered_model");
  expect(rows).toEqual([{ name: "outside" }]);
  await expect(query(postgres.url("outside", app), "UPDATE audit_event SET action = 'x'")).rejects.toThrow(/permission denied/);
});

test("REDIS_URL replaces the queue: jobs are woken through it and done", async () => {
  const client = new Redis(redisUrl);
  const keys = await client.keys("slipway:*");
  client.disconnect();
  expect(keys.some((key) => key.startsWith("slipway:slipway-fast"))).toBe(true);
  for (let waited = 0; ; waited += 1) {
    const rows = await query(postgres.url("outside", owner), "SELECT 1 FROM audit_event e JOIN audit_sequence s ON s.event_id = e.id WHERE e.action = 'model.create'");
    if (rows.length === 1) break;
    if (waited > 100) throw new Error("the worker did not number the event within 10 s");
    await sleep(100);
  }
  expect(await query(postgres.url("outside", owner), "SELECT count(*)::int AS jobs FROM bullmq.job").catch(() => [{ jobs: 0 }])).toEqual([{ jobs: 0 }]);
});
