import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import pino from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";

import { newId } from "@/lib/core/ids";
import { diskState } from "@/workers/gateway/log/disk";
import type { CallRow } from "@/workers/gateway/log/row";
import { LogSender } from "@/workers/gateway/log/send";
import { SpillFile } from "@/workers/gateway/log/spill";
import { LogWriter } from "@/workers/gateway/log/writer";
import { uuidBytes } from "@/workers/gateway/routing-table";

import { gatewayDatabase } from "./database";
import { eventually, gapsInNumbers, readTotals, sleep, Wire } from "./support";

let database: Awaited<ReturnType<typeof gatewayDatabase>>;
let wire: Wire;
let wiredUrl: string;
const silent = pino({ level: "silent" });
const folder = mkdtempSync(path.join(tmpdir(), "gateway-log-"));
const ids = { workspace: uuidBytes(newId()), endpoint: uuidBytes(newId()), version: uuidBytes(newId()) };

beforeAll(async () => {
  database = await gatewayDatabase();
  const direct = new URL(database.gatewayUrl);
  wire = new Wire(4369, { host: direct.hostname, port: Number(direct.port) });
  await wire.mend();
  direct.hostname = "127.0.0.1";
  direct.port = "4369";
  wiredUrl = direct.href;
});

afterAll(async () => {
  await wire?.cut();
  await database?.close();
});

const row = (given: Partial<CallRow> = {}): CallRow => {
  const atMs = Date.now();
  return {
    atMs,
    predictionId: uuidBytes(newId(atMs)),
    arm: "stable",
    workspaceId: ids.workspace,
    endpointId: ids.endpoint,
    versionId: ids.version,
    routeNumber: 1,
    requestId: null,
    unit: -5n,
    status: 200,
    error: null,
    latencyUs: 900,
    upstreamUs: 700,
    requestBytes: 10,
    responseBytes: 10,
    bodies: { request: Buffer.from('{"a":1}'), response: Buffer.from([0xff, 0x00, 0xfe]), sensitive: null, isTruncated: false },
    ...given,
  };
};

type Options = { budgetBytes?: number; spillBytes?: number; url?: string };

const openWriter = ({ budgetBytes = 1_000_000, spillBytes = 10_000_000, url = database.gatewayUrl }: Options = {}): LogWriter => {
  const gatewayId = newId();
  const spill = new SpillFile(path.join(folder, `${gatewayId}.spill`), spillBytes);
  return new LogWriter({ gatewayId, process: 1, budgetBytes, flushMs: 50 }, new LogSender(url, "test", silent), spill, [], silent);
};

test("stores what it is given, bytes of any kind included", async () => {
  const writer = openWriter();
  writer.start();
  const given = row({ requestId: "naïve \u{1f600}", unit: 2n ** 63n - 1n, arm: "shadow", error: "timeout", status: 504, upstreamUs: null });
  writer.record(given);
  await writer.stop(5_000);
  const [call] = await database.db.$queryRaw<Record<string, unknown>[]>`SELECT * FROM inference.call JOIN inference.body USING (prediction_id, at, arm) WHERE prediction_id = ${given.predictionId.toString("hex")}::uuid`;
  expect(call).toMatchObject({ request_id: "naïve \u{1f600}", unit: 2n ** 63n - 1n, arm: "shadow", error: "timeout", status: 504, upstream_us: null, latency_us: 900, has_body: true, is_truncated: false });
  expect((call?.["at"] as Date).getTime()).toBe(given.atMs);
  expect([...(call?.["response"] as Uint8Array)]).toEqual([0xff, 0x00, 0xfe]);
});

test("one bad row does not cost a batch: it is found, dropped and counted", async () => {
  const before = await readTotals(database.db);
  const writer = openWriter();
  const bad = row({ atMs: Date.UTC(2001, 0, 1) });
  for (let index = 0; index < 100; index += 1) writer.record(index === 37 ? bad : row());
  writer.start();
  await eventually(async () => (await readTotals(database.db)).rows - before.rows === 99);
  await writer.stop(5_000);
  const after = await readTotals(database.db);
  expect([after.calls - before.calls, after.dropped - before.dropped]).toEqual([99, 1]);
  expect(writer.stats).toMatchObject({ rows: 100, written: 99, dropped: 1 });
});

test("makes the partition of tomorrow where maintenance is behind", async () => {
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10).replaceAll("-", "");
  for (const table of ["call", "body"]) await dropAsOwner(`inference.${table}_${tomorrow}`);
  const before = await readTotals(database.db);
  const writer = openWriter();
  writer.record(row({ atMs: Date.now() + 86_300_000 }));
  await writer.stop(5_000);
  const after = await readTotals(database.db);
  expect([after.rows - before.rows, after.dropped - before.dropped]).toEqual([1, 0]);
});

const dropAsOwner = async (table: string): Promise<void> => {
  const { openDatabase } = await import("@/lib/platform/db");
  const owner = openDatabase({ url: database.ownerUrl, poolMax: 1, applicationName: "test", statementTimeoutMs: 5_000 });
  await owner.$executeRawUnsafe(`DROP TABLE IF EXISTS ${table}`);
  await owner.$disconnect();
};

test("away database: spills beyond half of its budget, loses nothing, and is whole again afterwards", async () => {
  const before = await readTotals(database.db);
  const writer = openWriter({ budgetBytes: 100_000, url: wiredUrl });
  writer.start();
  writer.record(row());
  await eventually(() => writer.stats.written === 1);
  await wire.cut();
  for (let index = 0; index < 2_000; index += 1) {
    writer.record(row());
    // At the pace of the disk, however busy the machine is.
    if (index % 50 === 0) await eventually(() => writer.stats.queueBytes < 60_000);
  }
  expect(writer.stats.spilledBytes).toBeGreaterThan(100_000);
  expect(writer.stats.queueBytes).toBeLessThanOrEqual(100_000);
  await wire.mend();
  await eventually(() => writer.stats.written + writer.stats.dropped === 2_001, 20_000);
  expect(writer.stats.dropped).toBe(0);
  await writer.stop(5_000);
  const after = await readTotals(database.db);
  expect([after.calls - before.calls, after.rows - before.rows, after.dropped - before.dropped]).toEqual([2_001, 2_001, 0]);
  expect(after.numbers).toBe(after.batches);
  expect(await gapsInNumbers(database.db)).toBe(0);
});

test("no disk either: bodies give way first, then rows, and every one is counted", async () => {
  const before = await readTotals(database.db);
  const writer = openWriter({ budgetBytes: 60_000, spillBytes: 20_000, url: wiredUrl });
  writer.start();
  await wire.cut();
  for (let index = 0; index < 1_000; index += 1) {
    writer.record(row({ bodies: { request: Buffer.alloc(1_000), response: null, sensitive: null, isTruncated: false } }));
    if (index % 50 === 0) await sleep(5);
  }
  const full = writer.stats;
  expect(full.queueBytes).toBeLessThanOrEqual(60_000);
  expect(full.bodiesDropped).toBeGreaterThan(0);
  expect(full.dropped).toBeGreaterThan(0);
  await wire.mend();
  await eventually(() => writer.stats.written + writer.stats.dropped === 1_000, 20_000);
  await writer.stop(5_000);
  const after = await readTotals(database.db);
  expect(after.rows - before.rows + after.dropped - before.dropped).toBe(1_000);
  expect(after.dropped - before.dropped).toBe(full.dropped);
  expect(await gapsInNumbers(database.db)).toBe(0);
}, 30_000);

test("a full disk stops bodies, then rows", async () => {
  const before = await readTotals(database.db);
  const writer = openWriter();
  writer.setDisk(diskState(0.08));
  writer.record(row());
  writer.setDisk(diskState(0.03));
  writer.record(row());
  await writer.stop(5_000);
  const after = await readTotals(database.db);
  expect([after.rows - before.rows, after.dropped - before.dropped]).toEqual([1, 1]);
  expect(writer.stats).toMatchObject({ bodiesDropped: 2, dropped: 1 });
});

test("a COMMIT whose answer was lost is not written twice", async () => {
  const before = await readTotals(database.db);
  const sender = new LogSender(database.gatewayUrl, "test", silent);
  const { encodeBatch } = await import("@/workers/gateway/log/encode");
  const batch = await encodeBatch([row(), row()], { gatewayId: newId(), process: 1, number: 1, dropped: 0, bodiesDropped: 0 });
  await sender.send(batch);
  await sender.send(batch);
  await sender.close();
  const after = await readTotals(database.db);
  expect([after.rows - before.rows, after.calls - before.calls]).toEqual([2, 2]);
});
