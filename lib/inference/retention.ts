import { z } from "zod";

import { dayMs } from "@/lib/core/durations";
import { type Deps, transact } from "@/lib/platform/context";
import { defineJob } from "@/lib/platform/queue";

import { deleteExpired, dropPartition, ensurePartitions, listPartitions, type Partition, type PartitionedTable } from "./store-retention";

const aheadDays = 7;
const keptDays: Record<PartitionedTable, number> = { "inference.call": 30, "inference.body": 7, "public.prediction_outcome": 30 };
const failuresKeptDays = 1;

export const partitionsJob = defineJob({ name: "maintenance.partitions", queue: "slow", payload: z.strictObject({}) });
export const retentionJob = defineJob({ name: "maintenance.retention", queue: "slow", payload: z.strictObject({}) });

const dayOf = (at: Date, offset = 0): string => new Date(at.getTime() + offset * dayMs).toISOString().slice(0, 10);

/** Makes the daily partitions of the inference log a week ahead; yesterday's too, for what arrives late. */
export const makePartitions = (deps: Deps): Promise<number> => transact(deps, (tx, now) => ensurePartitions(tx, dayOf(now, -1), dayOf(now, aheadDays)));

export type Retained = { dropped: (Partition & { rows: number; reason: "age" | "size" })[]; batches: number; idempotencyKeys: number; runCreations: number; signInFailures: number };

/**
 * Picks the partitions that must go: first by age, then the oldest ones until what is left fits the budget. The day that
 * is being written is the last to go, and empty days ahead never do.
 */
export const choosePartitions = (partitions: readonly Partition[], today: string, maxBytes: number): { partition: Partition; reason: "age" | "size" }[] => {
  const now = new Date(`${today}T00:00:00Z`);
  const isOld = (partition: Partition): boolean => partition.day < dayOf(now, -keptDays[partition.table]);
  const chosen: { partition: Partition; reason: "age" | "size" }[] = partitions.filter(isOld).map((partition) => ({ partition, reason: "age" }));
  const log = partitions.filter((partition) => !isOld(partition) && partition.table !== "public.prediction_outcome" && partition.day <= today);
  let bytes = log.reduce((sum, partition) => sum + partition.bytes, 0);
  for (const partition of log) {
    if (bytes <= maxBytes) break;
    bytes -= partition.bytes;
    chosen.push({ partition, reason: "size" });
  }
  return chosen;
};

/** Keeps the inference log within its age and `SLIPWAY_LOG_MAX_BYTES`, and forgets what has expired. What is dropped is counted and reported. */
export const enforceRetention = async (deps: Deps): Promise<Retained> => {
  const now = await deps.clock.now(deps.db);
  const today = dayOf(now);
  const dropped: Retained["dropped"] = [];
  for (const { partition, reason } of choosePartitions(await listPartitions(deps.db), today, deps.env.logMaxBytes)) {
    const rows = await deps.db.$transaction(async (tx) => {
      const held = await dropPartition(tx, partition);
      if (partition.day === today) await ensurePartitions(tx, today, today); // the gateways go on writing
      return held;
    });
    dropped.push({ ...partition, rows, reason });
    deps.log.warn({ ...partition, rows, reason }, reason === "size" ? "the inference log is over SLIPWAY_LOG_MAX_BYTES: its oldest day was dropped" : "a day of the inference log has served its time");
  }
  const before = (days: number): Date => new Date(now.getTime() - days * dayMs);
  return { dropped, ...(await deleteExpired(deps.db, now, before(keptDays["inference.call"]), before(failuresKeptDays))) };
};
