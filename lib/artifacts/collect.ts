import { dayMs, hourMs } from "@/lib/core/durations";
import { type Deps, transact } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { removalGraceMs } from "./note-blob";
import { recordPurge } from "./record-purge";
import { advanceScan } from "./scan";
import { type BlobKey, type CollectedBlob, deleteLooseManifests, deleteOrphans, doomBlobs, findPageEnd, findReferred, forgetDoomed, listDueDoomed, postponeDoomed } from "./store-collect";
import { expireDirectUpload, forgetCompletedUploads, listExpiredUploads } from "./store-direct";
import { lockBytes } from "./store-storage";

const pageRows = 2_000;
const manifestsAtOnce = 200;
const doomedAtOnce = 200;
const uploadsAtOnce = 100;
const listedAtOnce = 1_000;
/** Longest that one job works; the next beat goes on where it stopped. */
const budgetMs = 10_000;

export type Collected = { manifests: number; blobs: number; bytes: number; removed: number; strays: number; uploads: number; leftovers: number };

/**
 * Removes what nothing refers to, in small transactions: manifests without a version, blobs without a path or manifest, and,
 * an hour after the last row is gone, their bytes; bytes that never got a row; uploads that were given up. Safe to kill, to run
 * twice and beside itself: every step judges again what it holds, and a step that is repeated finds nothing to do.
 */
export const collectStorage = async (deps: Deps, shouldGoOn: () => boolean = goOnFor(budgetMs)): Promise<Collected> => {
  const total: Collected = { manifests: 0, blobs: 0, bytes: 0, removed: 0, strays: 0, uploads: 0, leftovers: 0 };
  total.uploads = await expireUploads(deps);
  for (let found = manifestsAtOnce; found === manifestsAtOnce && shouldGoOn(); total.manifests += found) found = await collectManifests(deps);
  await advanceScan(deps, "orphans", Math.min(hourMs, deps.env.gcOrphansAfterMs), shouldGoOn, async (tx, now, after) => {
    const { last, blobs } = await collectBlobs(deps, tx, now, after);
    total.blobs += blobs.length;
    total.bytes += blobs.reduce((sum, { size }) => sum + size, 0);
    return last;
  });
  await advanceScan(deps, "store", Math.min(dayMs, deps.env.gcOrphansAfterMs), shouldGoOn, async (tx, now, after) => {
    const { last, strays } = await findStrays(deps, tx, now, after);
    total.strays += strays;
    return last;
  });
  for (let found = doomedAtOnce; found === doomedAtOnce && shouldGoOn(); total.removed += found) found = await removeDoomed(deps);
  let isSweepDue = false;
  await advanceScan(deps, "leftovers", hourMs, shouldGoOn, () => {
    isSweepDue = true;
    return Promise.resolve(undefined);
  });
  if (isSweepDue) total.leftovers = await deps.blobs.sweep(new Date(Date.now() - dayMs)); // by the clock of the files, outside of any transaction
  return total;
};

/** True for so many milliseconds from now. */
export const goOnFor = (ms: number): (() => boolean) => {
  const endsAt = performance.now() + ms;
  return () => performance.now() < endsAt;
};

const before = (now: Date, ms: number): Date => new Date(now.getTime() - ms);

const collectManifests = (deps: Deps): Promise<number> =>
  transact(deps, async (tx, now) => {
    const gone = await deleteLooseManifests(tx, before(now, deps.env.gcOrphansAfterMs), manifestsAtOnce);
    for (const workspaceId of new Set(gone.map((manifest) => manifest.workspaceId))) await recordPurge(deps, tx, now, workspaceId, "storage.collect", { manifests: gone.filter((manifest) => manifest.workspaceId === workspaceId).length });
    return gone.length;
  });

const first: BlobKey = { workspaceId: "00000000-0000-0000-0000-000000000000", sha256: "" };
const keyOf = (text: string): BlobKey => {
  const [workspaceId, sha256] = text.split("/");
  return workspaceId !== undefined && sha256 !== undefined ? { workspaceId, sha256 } : first;
};

const collectBlobs = async (deps: Deps, tx: Tx, now: Date, after: string): Promise<{ last: string | undefined; blobs: CollectedBlob[] }> => {
  const from = keyOf(after);
  const last = await findPageEnd(tx, from, pageRows);
  if (!last) return { last: undefined, blobs: [] };
  const blobs = await deleteOrphans(tx, from, last, before(now, deps.env.gcOrphansAfterMs));
  await doomBlobs(tx, blobs.map(({ sha256 }) => sha256), new Date(now.getTime() + removalGraceMs(deps.env)));
  for (const workspaceId of new Set(blobs.map((blob) => blob.workspaceId))) {
    const own = blobs.filter((blob) => blob.workspaceId === workspaceId);
    await recordPurge(deps, tx, now, workspaceId, "storage.collect", { files: own.length, bytes: own.reduce((sum, { size }) => sum + size, 0) });
  }
  return { last: `${last.workspaceId}/${last.sha256}`, blobs };
};

/** Finds bytes that no workspace refers to: their upload ended between storing them and noting them. */
const findStrays = async (deps: Deps, tx: Tx, now: Date, after: string): Promise<{ last: string | undefined; strays: number }> => {
  const old: string[] = [];
  const cutoff = before(now, Math.max(deps.env.gcOrphansAfterMs, removalGraceMs(deps.env)));
  let count = 0;
  let last: string | undefined;
  for await (const { sha256, modifiedAt } of deps.blobs.list(after)) {
    count += 1;
    last = sha256;
    if (modifiedAt <= cutoff) old.push(sha256);
    if (count === listedAtOnce) break;
  }
  const referred = old.length === 0 ? new Set<string>() : await findReferred(tx, old);
  const strays = old.filter((sha256) => !referred.has(sha256));
  await doomBlobs(tx, strays, now);
  return { last: count === listedAtOnce ? last : undefined, strays: strays.length };
};

/** Removes bytes whose time has come, each under a lock that uploads of the same bytes respect. */
const removeDoomed = async (deps: Deps): Promise<number> => {
  const names = await transact(deps, (tx, now) => listDueDoomed(tx, now, doomedAtOnce));
  for (const name of names) {
    await transact(deps, async (tx, now) => {
      await lockBytes(tx, name, "exclusive");
      const isReferred = (await findReferred(tx, [name])).has(name);
      const graceMs = removalGraceMs(deps.env);
      if (isReferred || (await deps.blobs.remove(name, before(now, graceMs)))) await forgetDoomed(tx, name);
      else await postponeDoomed(tx, name, new Date(now.getTime() + graceMs));
    });
  }
  return names.length;
};

/** Ends uploads by parts whose day is over, with whatever they left in the store. */
const expireUploads = async (deps: Deps): Promise<number> => {
  const { direct } = deps.blobs;
  if (!direct) return 0;
  const expired = await transact(deps, async (tx, now) => {
    await forgetCompletedUploads(tx, now);
    return listExpiredUploads(tx, now, uploadsAtOnce);
  });
  for (const { id, name, storeUploadId } of expired) {
    const isOurs = await transact(deps, async (tx, now) => {
      if (!(await expireDirectUpload(tx, id, now))) return false;
      await doomBlobs(tx, [name], now); // joined by a client that died before saying so
      return true;
    });
    if (isOurs) await direct.abort(name, storeUploadId);
  }
  return expired.length;
};
