import { authorize } from "@/lib/identity/server";
import type { Context } from "@/lib/platform/context";

import { findScan, sumOrphans } from "./store-collect";
import { findStored, type StorageKind, type Stored, sumByKind } from "./store-storage";

export type StorageMeasure = {
  total: Stored;
  byKind: Record<StorageKind, Stored>;
  /** Files that nothing refers to: those that may go now, and those that are still too young. */
  orphans: { due: number; dueBytes: number; waiting: number; waitingBytes: number };
  /** When the collector last came to the end of a pass over all files; null before the first. */
  checkedAt: Date | null;
};

/** Measures what a workspace stores: one pass over its files. */
export const measureStorage = async (ctx: Context, now: Date): Promise<StorageMeasure> => {
  authorize(ctx, "artifact:read");
  const { db, env } = ctx.deps;
  return {
    total: await findStored(db, ctx.workspace.id),
    byKind: await sumByKind(db, ctx.workspace.id),
    orphans: await sumOrphans(db, ctx.workspace.id, new Date(now.getTime() - env.gcOrphansAfterMs)),
    checkedAt: (await findScan(db, "orphans"))?.finishedAt ?? null,
  };
};
