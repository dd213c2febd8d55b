import { recordPurge } from "@/lib/artifacts/server";
import { type Deps, transact } from "@/lib/platform/context";

import { releaseDueVersions } from "./store-purge";

const atOnce = 200;

/**
 * Lets go of the files of versions that were deleted longer than SLIPWAY_GC_DELETED_AFTER ago, unless they were deployed or asked
 * to be: their rows, digests and history stay. Returns how many; safe to repeat.
 */
export const releaseDeletedVersions = async (deps: Deps, shouldGoOn: () => boolean): Promise<number> => {
  let total = 0;
  for (let found = atOnce; found === atOnce && shouldGoOn(); total += found) {
    found = await transact(deps, async (tx, now) => {
      const gone = await releaseDueVersions(tx, new Date(now.getTime() - deps.env.gcDeletedAfterMs), atOnce);
      for (const workspaceId of new Set(gone.map((version) => version.workspaceId))) {
        await recordPurge(deps, tx, now, workspaceId, "version.purge", { versions: gone.filter((version) => version.workspaceId === workspaceId).length });
      }
      return gone.length;
    });
  }
  return total;
};
