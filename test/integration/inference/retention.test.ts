import { afterAll, beforeAll, expect, test } from "vitest";

import { newId } from "@/lib/core/ids";
import { enforceRetention, makePartitions } from "@/lib/inference/retention";
import { listPartitions } from "@/lib/inference/store-retention";
import { testDeps, type TestDeps } from "@/test/support/deps";

let deps: TestDeps;
beforeAll(async () => {
  deps = await testDeps({ at: new Date("2031-03-10T12:00:00.000Z"), env: { SLIPWAY_LOG_MAX_BYTES: "1 GB" } });
});
afterAll(() => deps.close());

const writeBodies = (day: string, rows: number): Promise<number> =>
  deps.db.$executeRaw`INSERT INTO inference.body SELECT ${`${day} 12:00:00+00`}::timestamptz, gen_random_uuid(), 'stable', ${newId()}::uuid, repeat('x', 4000)::bytea, null, false, false FROM generate_series(1, ${rows}::int)`;

const daysOf = async (table: string): Promise<string[]> => (await listPartitions(deps.db)).filter((partition) => partition.table === table && partition.day.startsWith("2031")).map(({ day }) => day);

test("partitions are made a week ahead, once", async () => {
  expect(await makePartitions(deps)).toBe(27);
  expect(await makePartitions(deps)).toBe(0);
  expect(await daysOf("inference.call")).toEqual(["2031-03-09", "2031-03-10", "2031-03-11", "2031-03-12", "2031-03-13", "2031-03-14", "2031-03-15", "2031-03-16", "2031-03-17"]);
});

test("a day that has served its time is dropped with its rows counted", async () => {
  await writeBodies("2031-03-09", 3);
  deps.clock.set(new Date("2031-03-17T00:00:00.000Z"));
  const { dropped } = await enforceRetention(deps);
  expect(dropped.filter(({ rows }) => rows > 0)).toMatchObject([{ table: "inference.body", day: "2031-03-09", rows: 3, reason: "age" }]);
  expect(await daysOf("inference.body")).not.toContain("2031-03-09");
  expect(await daysOf("inference.call")).toContain("2031-03-09");
});

test("over the budget the oldest day goes, and the day being written stays writable", async () => {
  await writeBodies("2031-03-12", 200);
  await writeBodies("2031-03-17", 200);
  const tight = { ...deps, env: { ...deps.env, logMaxBytes: 100_000 } };
  const { dropped } = await enforceRetention(tight);
  expect(dropped.filter(({ rows }) => rows > 0).map(({ day, rows, reason }) => ({ day, rows, reason }))).toEqual([
    { day: "2031-03-12", rows: 200, reason: "size" },
    { day: "2031-03-17", rows: 200, reason: "size" },
  ]);
  expect(await writeBodies("2031-03-17", 1)).toBe(1);
});
