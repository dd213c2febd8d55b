import { afterAll, beforeAll, expect, test } from "vitest";

import { toAppError } from "@/lib/http/problem";
import { databaseClock } from "@/lib/platform/clock";
import { transact, transactSql } from "@/lib/platform/context";
import { isBadValue, isDatabaseUnavailable, openDatabase, runStatement, sqlOn } from "@/lib/platform/db";
import { testDatabase, type TestDatabase } from "@/test/support/database";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const insert = "/* prepared as insert_workspace_of_a_test */ INSERT INTO workspace (id, name, title, created_at) VALUES (uuidv7(), $1, $1, clock_timestamp())";
const preparedNames = async (db: TestDatabase["db"]): Promise<string[]> => (await db.$queryRaw<{ name: string }[]>`SELECT name FROM pg_prepared_statements`).map(({ name }) => name);

/* A pooler hands out another connection, to which the statement is unknown: DEALLOCATE does the same to the one that there is. */
test("a transaction whose prepared statement is unknown happens once all the same, and no more are prepared", async () => {
  const db = openDatabase({ url: database.ownerUrl, poolMax: 1, applicationName: "test", statementTimeoutMs: 5_000 });
  const add = (name: string) => transact({ db, clock: databaseClock }, (tx) => tx.$executeRawUnsafe(insert, name));
  await add("first");
  expect(await preparedNames(db)).toContain("insert_workspace_of_a_test");
  await db.$executeRaw`DEALLOCATE ALL`;
  await add("second");
  await db.$executeRaw`DEALLOCATE ALL`;
  await add("third");
  expect((await runStatement(db, { name: "names_of_a_test", text: "SELECT name FROM workspace ORDER BY name" }, [])).flat()).toEqual(["first", "second", "third"]);
  expect(await preparedNames(db)).toEqual([]);
  await db.$disconnect();
});

test("what Postgres refuses for another reason is not tried again", async () => {
  let calls = 0;
  await expect(transact({ db: database.db, clock: databaseClock }, (tx) => {
    calls += 1;
    return tx.$queryRaw`SELECT 1 / 0`;
  })).rejects.toThrow(/division by zero/);
  expect(calls).toBe(1);
});

test("what takes longer than it may is told as such, whichever way the database was asked", async () => {
  const db = openDatabase({ url: database.url, poolMax: 1, applicationName: "test", statementTimeoutMs: 100 });
  const ways: (() => Promise<unknown>)[] = [
    () => runStatement(db, { name: "sleep_of_a_test", text: "SELECT pg_sleep(2)" }, []),
    () => db.$queryRaw`SELECT pg_sleep(2)::text`,
    () => transact({ db, clock: databaseClock }, (tx) => tx.$queryRaw`SELECT pg_sleep(2)::text`),
  ];
  for (const ask of ways) expect(await ask().then(() => undefined, toAppError)).toMatchObject({ status: 503, code: "db.too_slow", retryAfterSeconds: 5 });
  await db.$disconnect();
});

test("the time that a process knows is never ahead of the database's, nor before what it was told", async () => {
  let last = (await databaseClock.now(database.db)).getTime();
  for (let round = 0; round < 200; round += 1) {
    const known = (await databaseClock.nearly(database.db)).getTime();
    const now = (await databaseClock.now(database.db)).getTime();
    expect(known).toBeGreaterThanOrEqual(last);
    expect(known).toBeLessThanOrEqual(now);
    expect(now - known).toBeLessThan(1_000);
    last = round % 3 === 0 ? now : known; // now and then only the guess was looked at
    await new Promise((resolve) => setTimeout(resolve, round % 10));
  }
});

test("a transaction of SQL alone gives rows as the client does, happens whole or not at all, and gives its connection back", async () => {
  const db = openDatabase({ url: database.ownerUrl, poolMax: 1, applicationName: "test", statementTimeoutMs: 5_000 });
  const other = openDatabase({ url: database.ownerUrl, poolMax: 1, applicationName: "other", statementTimeoutMs: 5_000 });
  const deps = { db, clock: databaseClock };
  const at = new Date("2026-03-04T05:06:07.089Z");
  const rows = await transactSql(deps, async (tx, now) => {
    expect(Math.abs(now.getTime() - Date.now())).toBeLessThan(60_000);
    expect(await tx.$executeRaw`INSERT INTO workspace (id, name, title, created_at) VALUES (uuidv7(), ${"whole"}, ${"whole"}, ${at})`).toBe(1);
    return tx.$queryRaw`SELECT name, created_at AS at, 7::bigint AS long, ${Buffer.from("ab")}::bytea AS bytes, ${["a", 'b"']}::text[] AS list, ${JSON.stringify({ a: [1] })}::jsonb AS json FROM workspace WHERE name = ${"whole"}`;
  });
  expect(rows).toEqual([{ name: "whole", at, long: 7n, bytes: Buffer.from("ab"), list: ["a", 'b"'], json: { a: [1] } }]);

  const half = transactSql(deps, async (tx) => {
    await tx.$executeRaw`INSERT INTO workspace (id, name, title, created_at) VALUES (uuidv7(), ${"half"}, ${"half"}, ${at})`;
    await tx.$queryRaw`SELECT ${"x"}::int`;
  });
  expect(isBadValue(await half.catch((error: unknown) => error))).toBe(true);
  const own = new Error("a reason of its own");
  await expect(transactSql(deps, () => Promise.reject(own))).rejects.toBe(own);
  expect(await sqlOn(db).$queryRaw`SELECT name FROM workspace WHERE name = ${"half"}`).toEqual([]);

  // The end of a connection may be noticed by the query that waits, or before the next one is asked.
  for (const restMs of [0, 200]) {
    const lost = transactSql(deps, async (tx) => {
      const [row] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
      await runStatement(other, { name: "end_of_a_test", text: "SELECT pg_terminate_backend($1::int)" }, [row?.pid ?? 0]);
      await new Promise((resolve) => setTimeout(resolve, restMs));
      await tx.$queryRaw`SELECT 1`;
    });
    expect(isDatabaseUnavailable(await lost.catch((error: unknown) => error))).toBe(true);
  }
  expect(await sqlOn(db).$queryRaw`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  await Promise.all([db.$disconnect(), other.$disconnect()]);
});
