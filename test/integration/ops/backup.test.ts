import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";

import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";

import { writeBackup } from "@/bin/support/backup";
import { listTables, qualified } from "@/bin/support/catalog";
import { readBackup } from "@/bin/support/restore";
import { recordChange } from "@/lib/audit/server";
import { newId } from "@/lib/core/ids";
import { openBlobStore } from "@/lib/platform/blob-store";
import { transact } from "@/lib/platform/context";
import { migrationsFolder } from "@/lib/platform/db/migrate";
import { emptyDatabase } from "@/test/support/database";
import { testDeps, type TestDeps } from "@/test/support/deps";
import { testContext } from "@/test/support/factories";

let deps: TestDeps;
let folder: string;
let file: string;
const migrations = migrationsFolder(process.cwd());

const makeBlob = async (text: string, workspaceId: string): Promise<string> => {
  const stored = await deps.blobs.put((async function* () { yield await Promise.resolve(Buffer.from(text)); })(), { maxBytes: 1e6 });
  await deps.db.blob.create({ data: { workspaceId, sha256: stored.sha256, size: BigInt(stored.size), createdAt: new Date() } });
  return stored.sha256;
};

/** Every row of every table as text, by table. */
const dump = async (url: string): Promise<Map<string, string[]>> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  const rows = new Map<string, string[]>();
  for (const table of await listTables(client)) {
    const found = await client.query<{ text: string }>(`SELECT t::text AS text FROM ${qualified(table)} t ORDER BY 1`);
    if (found.rows.length > 0) rows.set(qualified(table), found.rows.map((row) => row.text));
  }
  await client.end();
  return rows;
};

let sha256: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "slipway-backup-"));
  file = path.join(folder, "all.tar");
  deps = await testDeps();
  const ctx = await testContext(deps);
  sha256 = await makeBlob("a model", ctx.workspace.id);
  await makeBlob("b".repeat(300_000), ctx.workspace.id);
  for (let number = 0; number < 3; number += 1) {
    await transact(deps, (tx, now) => recordChange(tx, ctx, now, { action: "model.create", target: { type: "model", id: newId(), name: `m${number}` } }));
  }
  const events = await deps.db.auditEvent.findMany({ orderBy: { id: "asc" } });
  for (const [index, event] of events.entries()) {
    await deps.db.auditSequence.create({ data: { workspaceId: event.workspaceId, seq: BigInt(index + 1), eventId: event.id, leafHash: event.leafHash, sequencedAt: new Date() } });
  }
  await deps.db.$executeRaw`INSERT INTO metric_key (workspace_id, key) VALUES (${ctx.workspace.id}::uuid, 'loss')`;
  // five megabytes of bodies, so that one table takes more than one part
  await deps.db.$executeRaw`INSERT INTO inference.body SELECT now(), gen_random_uuid(), 'stable', ${newId()}::uuid, decode(repeat('ab', 2500), 'hex'), null, false, false FROM generate_series(1, 2000)`;
});
afterAll(async () => {
  await deps.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a backup of a live database is restored row by row and file by file, the audit sequence intact", async () => {
  const { rows, blobs } = await writeBackup({ databaseUrl: deps.ownerUrl, artifactRoot: deps.env.artifactRoot, file });
  expect(blobs).toBe(2);
  expect(rows).toBeGreaterThan(2000);
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const target = await emptyDatabase();
  const artifactRoot = path.join(folder, "artifacts");
  await readBackup({ ownerUrl: target.ownerUrl, artifactRoot, file, migrationsFolder: migrations });
  expect(await dump(target.ownerUrl)).toEqual(await dump(deps.ownerUrl));
  expect(Buffer.from(await openBlobStore({ artifactRoot }).read(sha256, 0, 100)).toString()).toBe("a model");

  const client = new Client({ connectionString: target.ownerUrl });
  await client.connect();
  const sequence = await client.query("SELECT seq::int, leaf_hash FROM audit_sequence ORDER BY seq");
  expect(sequence.rows.map((row: { seq: number }) => row.seq)).toEqual([1, 2, 3]);
  const next = await client.query<{ id: number }>("INSERT INTO metric_key (workspace_id, key) SELECT id, 'next' FROM workspace LIMIT 1 RETURNING id");
  expect(next.rows[0]?.id).toBe(2);
  await client.end();

  await expect(readBackup({ ownerUrl: target.ownerUrl, artifactRoot, file, migrationsFolder: migrations })).rejects.toThrow(/not empty/);
  await target.close();
});

test("a backup without files is worth something only beside the store that holds them", async () => {
  const rowsOnly = path.join(folder, "rows.tar");
  const { blobs, blobBytes } = await writeBackup({ databaseUrl: deps.ownerUrl, artifactRoot: deps.env.artifactRoot, file: rowsOnly, withoutFiles: true });
  expect([blobs, blobBytes > 0]).toEqual([0, true]);
  const target = await emptyDatabase();
  const options = { ownerUrl: target.ownerUrl, file: rowsOnly, migrationsFolder: migrations };
  await expect(readBackup({ ...options, artifactRoot: path.join(folder, "elsewhere") })).rejects.toThrow(/holds no files, and 2 of the 2 .*SLIPWAY_ARTIFACT_ROOT/);
  expect(await readBackup({ ...options, artifactRoot: deps.env.artifactRoot })).toMatchObject({ blobs: 2, filesIncluded: false });
  await target.close();
});

test("a cut file is refused and leaves the database empty", async () => {
  const cut = path.join(folder, "cut.tar");
  await pipeline(createReadStream(file), createWriteStream(cut));
  truncateSync(cut, Math.floor(statSync(file).size / 2));
  const target = await emptyDatabase();
  const options = { ownerUrl: target.ownerUrl, artifactRoot: path.join(folder, "none"), migrationsFolder: migrations };
  await expect(readBackup({ ...options, file: cut })).rejects.toThrow(/no whole backup/);
  await readBackup({ ...options, file }); // still empty, so the whole one goes in
  await target.close();
});
