import { measureStorage } from "@/lib/artifacts/server";
import { authorize } from "@/lib/identity/server";
import type { Context } from "@/lib/platform/context";
import { countDeletedVersions } from "@/lib/registry/server";
import { countDeleted, type Deleted } from "@/lib/tracking/server";

import type { StorageView } from "./schema";

/** Says what a workspace stores, what of it goes when, and by which rules. */
export const describeStorage = async (ctx: Context): Promise<StorageView> => {
  authorize(ctx, "artifact:read");
  const { db, clock, env } = ctx.deps;
  const now = await clock.now(db);
  const before = new Date(now.getTime() - env.gcDeletedAfterMs);
  const { total, byKind, orphans, checkedAt } = await measureStorage(ctx, now);
  const { runs, experiments, loggedModels } = await countDeleted(db, ctx.workspace.id, { before });
  const versions = await countDeletedVersions(db, ctx.workspace.id, before);
  const present = ({ oldestWaitingAt, ...rest }: Deleted) => ({ ...rest, nextPurgeAt: oldestWaitingAt === null ? null : new Date(oldestWaitingAt.getTime() + env.gcDeletedAfterMs).toISOString() });
  const stored = ({ blobs, bytes }: { blobs: number; bytes: number }) => ({ files: blobs, bytes });
  return {
    store: env.s3 ? { kind: "s3", location: `s3://${env.s3.bucket}/${env.s3.prefix}` } : { kind: "folder", location: "a folder of the server" },
    usedBytes: total.bytes,
    files: total.blobs,
    limitBytes: env.workspaceMaxBytes ?? null,
    fileLimitBytes: env.uploadMaxBytes,
    byKind: { artifacts: stored(byKind.artifacts), versions: stored(byKind.versions), shared: stored(byKind.both), pending: stored(byKind.pending), unused: stored(byKind.uploads) },
    deleted: { runs: present(runs), experiments: present(experiments), loggedModels: present(loggedModels), versions: present(versions) },
    unused: { waiting: { files: orphans.waiting, bytes: orphans.waitingBytes }, due: { files: orphans.due, bytes: orphans.dueBytes } },
    policy: { deletedAfterMs: env.gcDeletedAfterMs, unusedAfterMs: env.gcOrphansAfterMs, monitoringKeepMs: env.monitoringKeepMs },
    checkedAt: checkedAt?.toISOString() ?? null,
  };
};
