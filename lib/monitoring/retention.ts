import { z } from "zod";

import { dayMs } from "@/lib/core/durations";
import { type Deps, transact } from "@/lib/platform/context";
import { defineJob } from "@/lib/platform/queue";

import { deleteOldBatchMarks, deleteOldProfiles, deleteOldResults } from "./store-retention";

export const monitoringRetentionJob = defineJob({ name: "monitoring.retention", queue: "slow", payload: z.strictObject({}) });

const rowsAtOnce = 5_000;
const budgetMs = 10_000;
/** The log keeps its batches for 30 days; a mark must outlive its batch, or the batch would be counted again. */
const marksKeptMs = 60 * dayMs;

export type Forgotten = { results: number; profiles: number; batchMarks: number };

/**
 * Forgets results of monitors, profiles of windows, and the marks of batches whose rows the log has dropped, once they are older
 * than SLIPWAY_MONITORING_KEEP, in small transactions. Incidents and what rollouts counted stay.
 */
export const enforceMonitoringRetention = async (deps: Deps): Promise<Forgotten> => {
  const endsAt = performance.now() + budgetMs;
  const total: Forgotten = { results: 0, profiles: 0, batchMarks: 0 };
  const kinds = [
    { kind: "results", keepMs: deps.env.monitoringKeepMs, work: deleteOldResults },
    { kind: "profiles", keepMs: deps.env.monitoringKeepMs, work: deleteOldProfiles },
    { kind: "batchMarks", keepMs: Math.max(deps.env.monitoringKeepMs, marksKeptMs), work: deleteOldBatchMarks },
  ] as const;
  for (const { kind, keepMs, work } of kinds) {
    for (let found = rowsAtOnce; found === rowsAtOnce && performance.now() < endsAt; total[kind] += found) {
      found = await transact(deps, (tx, now) => work(tx, new Date(now.getTime() - keepMs), rowsAtOnce));
    }
  }
  return total;
};
