import { openBlobStore } from "@/lib/platform/blob-store";
import { databaseClock } from "@/lib/platform/clock";
import type { Deps } from "@/lib/platform/context";
import { openDatabase, poolMax } from "@/lib/platform/db";
import { env } from "@/lib/platform/env";
import { openLogger } from "@/lib/platform/log";

import { processWide } from "./process-wide";

const open = async (): Promise<Deps> => {
  const settings = env();
  const { openJobSender } = await import("@/lib/platform/queue"); // loads the queue's driver with the first request, not with each route

  return {
    db: openDatabase({ url: settings.databaseUrl, poolMax: poolMax.web, applicationName: "slipway-web", statementTimeoutMs: 15_000 }),
    clock: databaseClock,
    blobs: openBlobStore(settings),
    jobs: openJobSender(settings),
    log: openLogger("web", settings.logLevel),
    env: settings,
  };
};

const holder = processWide<{ deps: Promise<Deps> | undefined }>("deps", () => ({ deps: undefined }));

/** What services of this web process work with, opened at the first request. */
export const webDeps = (): Promise<Deps> =>
  (holder.deps ??= open().catch((error: unknown) => {
    holder.deps = undefined; // the next request tries again
    throw error;
  }));

/** Gives this process other deps than those of its environment: for tests and the supervisor. */
export const setWebDeps = (deps: Deps): void => {
  holder.deps = Promise.resolve(deps);
};
