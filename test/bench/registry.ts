import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import pino from "pino";

import { GET as listModelVersions } from "@/app/api/slipway/v1/w/[workspace]/models/[model]/versions/route";
import { GET as listModels } from "@/app/api/slipway/v1/w/[workspace]/models/route";
import { GET as listVersions } from "@/app/api/slipway/v1/w/[workspace]/versions/route";
import { setWebDeps } from "@/lib/http/deps";
import { bootstrapInstallation } from "@/lib/identity/server";
import { openBlobStore } from "@/lib/platform/blob-store";
import { databaseClock } from "@/lib/platform/clock";
import type { Deps } from "@/lib/platform/context";
import { type Database, openDatabase } from "@/lib/platform/db";
import { migrateDatabase, migrationsFolder } from "@/lib/platform/db/migrate";
import { parseEnv } from "@/lib/platform/env";
import { findFreePort, startPostgres } from "@/lib/platform/postgres";

/*
 * Measures the lists of the registry over 100,000 versions of 2,000 models, from the route handler down: token, membership,
 * query, derived states, checked answer. Prints one JSON line a figure.
 */

const modelCount = 2_000;
const versionsPerModel = 50;
const rounds = 60;
const token = "slp_bench_registry_list_0123456789";

const seed = async (db: Database): Promise<void> => {
  const { id: workspaceId } = await db.workspace.findFirstOrThrow();
  await db.$executeRaw`
    INSERT INTO registered_model (id, workspace_id, name, next_version_number, created_by, created_at, updated_at)
    SELECT uuidv7(), ${workspaceId}::uuid, 'model-' || lpad(n::text, 4, '0') || CASE WHEN n % 10 = 0 THEN '-credit' ELSE '' END, ${versionsPerModel + 1}, 'bench', now() - make_interval(mins => n), now() - make_interval(mins => n)
    FROM generate_series(1, ${modelCount}::int) n`;
  await db.$executeRaw`
    INSERT INTO manifest (id, workspace_id, digest, file_count, total_size, created_at)
    SELECT uuidv7(), ${workspaceId}::uuid, encode(sha256(name::bytea), 'hex'), 2, 5000000, now() FROM registered_model`;
  await db.$executeRaw`
    INSERT INTO model_version (id, workspace_id, model_id, number, status, source, manifest_id, manifest_digest, format, created_by, created_at, updated_at)
    SELECT uuidv7(), m.workspace_id, m.id, n, CASE WHEN n % 100 = 50 THEN 'refused' WHEN n % 25 = 0 THEN 'unverified' ELSE 'ready' END, 'blobs:x', f.id, f.digest, 'onnx', 'bench',
      m.created_at - make_interval(hours => ${versionsPerModel} - n), m.created_at
    FROM registered_model m JOIN manifest f ON f.digest = encode(sha256(m.name::bytea), 'hex') CROSS JOIN generate_series(1, ${versionsPerModel}::int) n`;
  await db.$executeRaw`
    INSERT INTO model_alias (workspace_id, model_id, alias, version_id, updated_at)
    SELECT v.workspace_id, v.model_id, a.alias, v.id, now() FROM (VALUES ('champion', 40), ('challenger', 48)) a(alias, number) JOIN model_version v ON v.number = a.number`;
  await db.$executeRaw`
    INSERT INTO endpoint (id, workspace_id, environment_id, runtime_id, model_id, name, champion_alias, stable_version_id, created_by, created_at, updated_at)
    SELECT uuidv7(), v.workspace_id, e.id, r.id, v.model_id, 'endpoint-' || row_number() OVER (), 'champion', v.id, 'bench', now(), now()
    FROM model_version v, environment e, runtime r WHERE v.number = 40 AND e.is_production`;
  await db.$executeRaw`INSERT INTO deployment (id, workspace_id, endpoint_id, version_id, role, from_at) SELECT uuidv7(), workspace_id, id, stable_version_id, 'stable', now() FROM endpoint`;
  await db.$executeRawUnsafe("VACUUM ANALYZE");
};

type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>;
type Shape = { name: string; handler: Handler; params?: Record<string, string>; query: string };

const call = async ({ handler, params = {}, query }: Shape): Promise<{ durationMs: number; body: { items: unknown[]; nextCursor: string | null } }> => {
  const request = new Request(`http://127.0.0.1/api/slipway/v1/w/default/x?${query}`, { headers: { authorization: `Bearer ${token}` } });
  const startedMs = performance.now();
  const response = await handler(request, { params: Promise.resolve({ workspace: "default", ...params }) });
  const text = await response.text();
  const durationMs = performance.now() - startedMs;
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  return { durationMs, body: JSON.parse(text) as { items: unknown[]; nextCursor: string | null } };
};

const percentile = (values: readonly number[], share: number): number => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
const print = (name: string, values: readonly number[], share: number): void =>
  void process.stdout.write(`${JSON.stringify({ name, value: Number(percentile(values, share).toFixed(1)), unit: "ms" })}\n`);

/** The cursor of a page deep in the list. */
const deepCursor = async (): Promise<string> => {
  let cursor = "";
  for (let page = 0; page < 100; page += 1) cursor = (await call({ name: "walk", handler: listVersions, query: `limit=500${cursor === "" ? "" : `&cursor=${cursor}`}` })).body.nextCursor ?? cursor;
  return cursor;
};

const folder = mkdtempSync(path.join(tmpdir(), "slipway-bench-registry-"));
chmodSync(folder, 0o711);
const server = await startPostgres({ folder: path.join(folder, "postgres"), port: await findFreePort(), password: "bench" });
try {
  const url = server.url("postgres");
  await migrateDatabase(url, migrationsFolder(process.cwd()));
  const env = parseEnv({ DATABASE_URL: url, SLIPWAY_HOME: folder, SLIPWAY_SECRET_KEY: "0123456789abcdef".repeat(4) });
  const deps: Deps = {
    db: openDatabase({ url, poolMax: 4, applicationName: "bench", statementTimeoutMs: 120_000 }),
    clock: databaseClock,
    blobs: openBlobStore(env),
    jobs: { send: () => Promise.resolve() },
    log: pino({ level: "silent" }),
    env,
  };
  setWebDeps(deps);
  await bootstrapInstallation(deps, { token });
  await seed(deps.db);
  const shapes: Shape[] = [
    { name: "versions, first page", handler: listVersions, query: "limit=50" },
    { name: "versions, page after 50,000 rows", handler: listVersions, query: `limit=50&cursor=${await deepCursor()}` },
    { name: "versions, part of the name", handler: listVersions, query: "limit=50&q=credit" },
    { name: "versions, one name", handler: listVersions, query: "limit=50&q=model-1234" },
    { name: "versions, no such name", handler: listVersions, query: "limit=50&q=nothing" },
    { name: "versions, refused", handler: listVersions, query: "limit=50&status=refused" },
    { name: "versions, champions", handler: listVersions, query: "limit=50&alias=champion" },
    { name: "versions of a model", handler: listModelVersions, params: { model: "model-1234" }, query: "limit=50" },
    { name: "models, first page", handler: listModels, query: "limit=50" },
  ];
  const all: number[] = [];
  for (const shape of shapes) {
    for (let warm = 0; warm < 3; warm += 1) await call(shape);
    const durations: number[] = [];
    for (let round = 0; round < rounds; round += 1) durations.push((await call(shape)).durationMs);
    all.push(...durations);
    print(`registry list: ${shape.name}, p95`, durations, 0.95);
  }
  print(`registry list over ${modelCount * versionsPerModel} versions, p50`, all, 0.5);
  print(`registry list over ${modelCount * versionsPerModel} versions, p95`, all, 0.95);
  await deps.db.$disconnect();
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
