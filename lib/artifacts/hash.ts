import { hourMs, minuteMs } from "@/lib/core/durations";
import { recordChange } from "@/lib/audit/server";
import { systemContext } from "@/lib/identity/server";
import { type Deps, transact } from "@/lib/platform/context";

import { doomBlobs, findWorkspace } from "./store-collect";
import { claimPending, listDuePending, lockPending, type PendingClaim, postponePending, settlePendingBlob } from "./store-direct";

/** Reading 100 GB at 100 MB/s takes a quarter of an hour; after the lease another worker may look, and one of the two settles. */
const leaseMs = 30 * minuteMs;
const retryDelayMs = 5_000;
const longestDelayMs = hourMs;
const maxDue = 50;
/** Presigned downloads under the provisional name still work for as long as they were promised to. */
const provisionalMs = 2 * hourMs;

/** Names of bytes that wait to be hashed. */
export const listDueHashes = (deps: Deps): Promise<string[]> => transact(deps, (tx, now) => listDuePending(tx, now, maxDue));

/**
 * Reads bytes that came directly into the store and puts their digest wherever their provisional name stands. Safe to run
 * twice and beside itself: the copy under the digest is the same, and one transaction settles.
 */
export const hashPending = async (deps: Deps, name: string): Promise<void> => {
  const { direct } = deps.blobs;
  const claim = direct && (await transact(deps, (tx, now) => claimPending(tx, name, now, new Date(now.getTime() + leaseMs))));
  if (!claim) return;
  try {
    await settle(deps, claim, await direct.adopt(name));
  } catch (error) {
    const delayMs = Math.min(longestDelayMs, retryDelayMs * 2 ** Math.min(claim.attempt - 1, 10));
    await transact(deps, (tx, now) => postponePending(tx, claim, new Date(now.getTime() + delayMs)));
    throw error;
  }
};

const settle = (deps: Deps, { workspaceId, name, path }: PendingClaim, blob: { sha256: string; size: number }): Promise<void> =>
  transact(deps, async (tx, now) => {
    if (!(await lockPending(tx, name))) return;
    await settlePendingBlob(tx, name, blob, now);
    await doomBlobs(tx, [name], new Date(now.getTime() + provisionalMs));
    const workspace = await findWorkspace(tx, workspaceId);
    await recordChange(tx, systemContext(deps, workspace, "hasher"), now, { action: "artifact.hash", target: { type: "artifact", id: path, name: path }, change: { after: blob } });
  });
