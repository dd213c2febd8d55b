import { expect, test } from "vitest";

import { choosePartitions } from "@/lib/inference/retention";
import type { Partition } from "@/lib/inference/store-retention";

const body = (day: string, bytes: number): Partition => ({ table: "inference.body", day, bytes });
const call = (day: string, bytes: number): Partition => ({ table: "inference.call", day, bytes });
const days = (chosen: ReturnType<typeof choosePartitions>): string[] => chosen.map(({ partition, reason }) => `${partition.table} ${partition.day} ${reason}`);

test("nothing goes while all is young and fits", () => {
  expect(choosePartitions([body("2026-11-19", 10), call("2026-11-19", 10), call("2026-11-21", 0)], "2026-11-20", 20)).toEqual([]);
});

test("bodies go after 7 days, calls after 30", () => {
  const list = [call("2026-10-20", 1), call("2026-10-21", 1), body("2026-11-12", 1), body("2026-11-13", 1)];
  expect(days(choosePartitions(list, "2026-11-20", 100))).toEqual(["inference.call 2026-10-20 age", "inference.body 2026-11-12 age"]);
});

test("over the budget the oldest goes first, today last, and days ahead never", () => {
  const list = [body("2026-11-18", 5), call("2026-11-18", 5), body("2026-11-20", 50), call("2026-11-20", 50), call("2026-11-21", 0)];
  expect(days(choosePartitions(list, "2026-11-20", 100))).toEqual(["inference.body 2026-11-18 size", "inference.call 2026-11-18 size"]);
  expect(days(choosePartitions(list, "2026-11-20", 10)).at(-1)).toBe("inference.call 2026-11-20 size");
});
