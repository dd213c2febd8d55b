import { z } from "zod";

import { wireTime } from "@/lib/http/operation";

const count = z.number().int().min(0);
const stored = z.object({ files: count, bytes: count });
const deleted = z.object({
  waiting: count.meta({ description: "Can still be restored." }),
  due: count.meta({ description: "Goes with the next passes of the collector." }),
  held: count.meta({ description: "Stays, because a version was made from it or it was deployed." }),
  nextPurgeAt: wireTime.nullable().meta({ description: "When the oldest of those that wait is due." }),
});

export const StorageView = z.object({
  store: z.object({ kind: z.enum(["folder", "s3"]), location: z.string() }).meta({ description: "Where the bytes are." }),
  usedBytes: count,
  files: count,
  limitBytes: count.nullable(),
  fileLimitBytes: count,
  byKind: z.object({
    artifacts: stored.meta({ description: "Files of runs and logged models." }),
    versions: stored.meta({ description: "Frozen files of versions." }),
    shared: stored.meta({ description: "Files of both, stored once." }),
    pending: stored.meta({ description: "Uploaded past the server, waiting for their digest." }),
    unused: stored.meta({ description: "Nothing refers to them (yet)." }),
  }),
  deleted: z.object({ runs: deleted, experiments: deleted, loggedModels: deleted, versions: deleted }),
  unused: z.object({ waiting: stored, due: stored }).meta({ description: "Of the unused files: those that are too young to go, and those that are not." }),
  policy: z.object({ deletedAfterMs: count, unusedAfterMs: count, monitoringKeepMs: count }),
  checkedAt: wireTime.nullable().meta({ description: "When the collector last finished a pass over all files." }),
});
export type StorageView = z.infer<typeof StorageView>;
