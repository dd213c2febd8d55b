import { createServer, type Server, Socket } from "node:net";

import { afterAll, beforeAll, expect, test } from "vitest";

import { type Database, isDatabaseUnavailable, openDatabase, readRows } from "@/lib/platform/db";
import { type TestDatabase, testDatabase } from "@/test/support/database";

let target: TestDatabase;
let between: Server;
let db: Database;
let isSilent = false;
const silenceMs = 2_300; // two seconds beyond what a statement may take

/** Carries bytes to Postgres and back until it falls silent, with every connection still open. */
const listen = async (): Promise<URL> => {
  const { port, hostname } = new URL(target.url);
  between = createServer((near) => {
    const far = new Socket().connect(Number(port), hostname);
    near.on("data", (bytes) => !isSilent && far.write(bytes));
    far.on("data", (bytes) => !isSilent && near.write(bytes));
    for (const [one, other] of [[near, far], [far, near]] as const) one.on("error", () => undefined).on("close", () => other.destroy());
  });
  await new Promise<void>((resolve) => between.listen(0, "127.0.0.1", resolve));
  const url = new URL(target.url);
  url.port = String((between.address() as { port: number }).port);
  return url;
};

beforeAll(async () => {
  target = await testDatabase();
  db = openDatabase({ url: (await listen()).href, poolMax: 1, applicationName: "silent", statementTimeoutMs: 300 });
});

afterAll(async () => {
  await db.$disconnect();
  between.close();
  await target.close();
});

const statement = { name: "silent", text: "SELECT pg_backend_pid() AS pid" };
const pidOf = async (): Promise<number> => (await readRows<{ pid: number }>(db, statement, []))[0]?.pid ?? 0;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const fallSilent = (): void => void (isSilent = true);

/** What a piece of work in which the database falls silent is refused with, and how long that took. */
const refusalOf = async (work: () => Promise<unknown>): Promise<{ error: unknown; tookMs: number }> => {
  const startedMs = performance.now();
  const error: unknown = await work().then(() => undefined, (reason: unknown) => reason);
  isSilent = false;
  return { error, tookMs: performance.now() - startedMs };
};

test("a connection that rests longer than a silence may last is kept", async () => {
  const before = await pidOf();
  await sleep(silenceMs + 400);
  expect(await pidOf()).toBe(before);
});

test.each([
  ["a statement on the pool", () => pidOf()],
  ["a query of the client", () => db.$queryRaw`SELECT 1`],
])("%s ends as unavailable when the database falls silent, and the next is answered", async (_, work) => {
  await work();
  fallSilent();
  const { error, tookMs } = await refusalOf(work);
  expect(isDatabaseUnavailable(error)).toBe(true);
  expect(tookMs).toBeGreaterThan(silenceMs - 100);
  expect(await pidOf()).toBeGreaterThan(0);
});

test("a transaction in which the database falls silent ends as unavailable, and its connection is replaced", async () => {
  const { error } = await refusalOf(() =>
    db.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1`;
      fallSilent();
      await tx.$queryRaw`SELECT 1`;
    }, { timeout: 60_000 }));
  expect(isDatabaseUnavailable(error)).toBe(true);
  expect(await pidOf()).toBeGreaterThan(0);
});
