import { type Deps, transact } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { findScan, saveScan } from "./store-collect";

/**
 * Goes on with a pass over everything, one transaction a page: `work` gets where the last page ended and returns where this one
 * does, or undefined at the end. A pass that is over begins again after `restMs`. Killed in between, it goes on from the last page.
 */
export const advanceScan = async (deps: Deps, name: string, restMs: number, shouldGoOn: () => boolean, work: (tx: Tx, now: Date, after: string) => Promise<string | undefined>): Promise<void> => {
  while (shouldGoOn()) {
    const isOver = await transact(deps, async (tx, now) => {
      const scan = await findScan(tx, name);
      if (scan?.finishedAt && now.getTime() - scan.finishedAt.getTime() < restMs) return true;
      const isNew = scan === undefined || scan.finishedAt !== null;
      const last = await work(tx, now, isNew ? "" : scan.after);
      await saveScan(tx, name, { after: last ?? "", startedAt: isNew ? now : scan.startedAt, finishedAt: last === undefined ? now : null });
      return last === undefined;
    });
    if (isOver) return;
  }
};
