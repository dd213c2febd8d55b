import { readdirSync } from "node:fs";
import path from "node:path";

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { sendLoad } from "@/test/support/load";

import { gatewayDatabase } from "./database";
import { bearer, bundleGateway, eventually, gapsInNumbers, inferBody, inferUrl, makeHome, makeWorld, readTotals, send, sleep, startGateway, startRuntime, Wire, type Gateway, type Runtime, type World } from "./support";

let database: Awaited<ReturnType<typeof gatewayDatabase>>;
let runtime: Runtime;
let world: World;
let bundle: Awaited<ReturnType<typeof bundleGateway>>;
let wire: Wire;
let wiredUrl: string;
const running: Gateway[] = [];

beforeAll(async () => {
  [database, bundle] = await Promise.all([gatewayDatabase(), bundleGateway()]);
  runtime = await startRuntime(4365);
  world = await makeWorld(database.db, runtime.url);
  await world.route({});
  const direct = new URL(database.gatewayUrl);
  wire = new Wire(4366, { host: direct.hostname, port: Number(direct.port) });
  await wire.mend();
  const wired = new URL(database.gatewayUrl);
  wired.hostname = "127.0.0.1";
  wired.port = "4366";
  wiredUrl = wired.href;
});

afterEach(async () => {
  for (const gateway of running.splice(0)) await gateway.stop();
});

afterAll(async () => {
  await wire?.cut();
  await runtime?.close();
  await database?.close();
  bundle?.remove();
});

const start = async (options: { databaseUrl?: string; home?: string; processes?: number; port?: number } = {}): Promise<Gateway> => {
  const gateway = await startGateway({ main: bundle.main, port: 4367, databaseUrl: database.gatewayUrl, ...options });
  running.push(gateway);
  return gateway;
};

const infer = (gateway: Gateway) => send(inferUrl(gateway), { headers: bearer(world.token), body: inferBody() });

const load = (gateway: Gateway, perSecond: number, seconds: number) => sendLoad(async () => (await infer(gateway)).status, { perSecond, seconds });

/** Sends one request and gives the totals of the log once its row is among them. */
const warmUp = async (gateway: Gateway): Promise<Awaited<ReturnType<typeof readTotals>>> => {
  const { rows } = await readTotals(database.db);
  await infer(gateway);
  await eventually(async () => (await readTotals(database.db)).rows === rows + 1);
  return readTotals(database.db);
};

test("Postgres away for some seconds: no request fails, and the log is whole and numbered without a gap", async () => {
  const gateway = await start({ databaseUrl: wiredUrl });
  const before = await warmUp(gateway);
  const work = load(gateway, 100, 12);
  await sleep(2_000);
  await wire.cut();
  await sleep(6_000);
  await wire.mend();
  const result = await work;
  expect(result).toMatchObject({ sent: 1200, answered: 1200, failed: 0, retried: 0 });
  expect(await gateway.stop()).toBe(0);
  const after = await readTotals(database.db);
  expect(after.rows - before.rows + after.dropped - before.dropped).toBe(1200);
  expect(after.dropped).toBe(0);
  expect(after.calls).toBe(after.rows);
  expect(after.numbers).toBe(after.batches);
  expect(await gapsInNumbers(database.db)).toBe(0);
}, 60_000);

test("Postgres that hangs without a word: no request fails or waits for it, and the log is whole afterwards", async () => {
  const gateway = await start({ databaseUrl: wiredUrl });
  const before = await warmUp(gateway);
  const work = load(gateway, 50, 20);
  await sleep(1_000);
  wire.freeze();
  await sleep(14_000);
  wire.thaw();
  const result = await work;
  expect(result).toMatchObject({ sent: 1_000, answered: 1_000, failed: 0, retried: 0 });
  expect(result.longestGapMs).toBeLessThan(1_000);
  expect(await gateway.stop()).toBe(0);
  const after = await readTotals(database.db);
  expect([after.rows - before.rows, after.dropped - before.dropped]).toEqual([1_000, 0]);
  expect(after.calls).toBe(after.rows);
  expect(await gapsInNumbers(database.db)).toBe(0);
}, 90_000);

test("kill -9 of a serving process at 100 requests/s: at least 99.9 % answered, no gap over 2 s", async () => {
  const gateway = await start();
  await infer(gateway);
  const work = load(gateway, 100, 10);
  for (const wait of [2_000, 3_000]) {
    await sleep(wait);
    const [victim] = gateway.pids().slice(-2);
    if (victim !== undefined) process.kill(victim, "SIGKILL");
  }
  const result = await work;
  expect(gateway.pids().length).toBe(4);
  expect(result.answered / result.sent).toBeGreaterThanOrEqual(0.999);
  expect(result.longestGapMs).toBeLessThan(2_000);
  // The dead ones no longer hold a rollout up.
  const rows = await database.db.gatewayProcess.findMany({ where: { lastSeenAt: { gt: new Date(Date.now() - 6_000) } } });
  expect(rows.length).toBe(2);
  await gateway.stop();
  expect(await gapsInNumbers(database.db)).toBe(0);
}, 60_000);

test("starts cold with the database down: routes and known tokens come from the home", async () => {
  const home = makeHome();
  const first = await start({ databaseUrl: wiredUrl, home });
  expect((await infer(first)).status).toBe(200);
  await sleep(1_500);
  await first.stop();
  await wire.cut();
  const second = await start({ databaseUrl: wiredUrl, home });
  expect((await infer(second)).status).toBe(200);
  expect((await send(inferUrl(second), { headers: bearer("slp_pat_never_seen"), body: inferBody() })).status).toBe(503);
  const before = await readTotals(database.db);
  for (let index = 0; index < 30; index += 1) expect((await infer(second)).status).toBe(200);
  // Stopped before the database is back: the log waits on disk for the next start.
  expect(await second.stop()).toBe(0);
  const waiting = () => readdirSync(path.join(home, "gateway", "spill")).length;
  expect(waiting()).toBeGreaterThan(0);
  await wire.mend();
  const third = await start({ databaseUrl: wiredUrl, home });
  await eventually(async () => (await readTotals(database.db)).calls - before.calls === 31 && waiting() === 0, 15_000);
  expect(await gapsInNumbers(database.db)).toBe(0);
  await third.stop();
}, 60_000);

test("kill -9 of the primary: the serving processes end by themselves, and what they logged is written", async () => {
  const gateway = await start();
  for (let index = 0; index < 10; index += 1) await infer(gateway);
  await sleep(400);
  const before = await readTotals(database.db);
  for (let index = 0; index < 10; index += 1) await infer(gateway);
  const pids = gateway.pids();
  gateway.child.kill("SIGKILL");
  const heir = await start();
  expect((await infer(heir)).status).toBe(200);
  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  await eventually(() => !pids.some(isAlive), 15_000);
  await eventually(async () => (await readTotals(database.db)).calls - before.calls === 11);
}, 60_000);

test("a taken port is one clear line and exit code 1", async () => {
  await start({ port: 4368 });
  await expect(start({ port: 4368 })).rejects.toThrow(/port 4368 is taken/);
}, 30_000);
