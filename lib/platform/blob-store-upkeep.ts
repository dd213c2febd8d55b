import { randomUUID } from "node:crypto";
import { access, constants, link, mkdir, open, readdir, rename, stat, unlink } from "node:fs/promises";
import path from "node:path";

import { isDigest } from "./blob-names";
import type { ListedBlob } from "./blobs";
import { hasCode, unlessMissing } from "./file-system";

/** Names inside a folder, in order; none when it is not there. */
const namesIn = async (folder: string): Promise<string[]> => (await unlessMissing(readdir(folder), [])).sort();

/** Files under `blobs/ab/cd/<sha256>` in the order of digests, from the one that follows `after`; folders before it are not opened. */
export async function* listFolder(folder: string, after = ""): AsyncGenerator<ListedBlob> {
  for (const first of await namesIn(folder)) {
    if (first < after.slice(0, 2)) continue;
    for (const second of await namesIn(path.join(folder, first))) {
      if (first + second < after.slice(0, 4)) continue;
      const parent = path.join(folder, first, second);
      for (const name of await namesIn(parent)) {
        if (!isDigest(name) || name <= after) continue;
        const found = await unlessMissing(stat(path.join(parent, name)), undefined); // removed while we looked
        if (found) yield { sha256: name, size: found.size, modifiedAt: found.mtime };
      }
    }
  }
}

/**
 * Removes a file unless it was written or renewed at or after `since`. It is moved aside before its age is judged: an upload of the same
 * bytes that arrives in between makes it young, and it goes back, or puts a file of its own in place.
 */
export const removeFile = async (place: string, incoming: string, since: Date): Promise<boolean> => {
  const before = await unlessMissing(stat(place), undefined);
  if (before === undefined) return true;
  if (before.mtime >= since) return false;
  const aside = path.join(incoming, `removed-${randomUUID()}`);
  await mkdir(incoming, { recursive: true });
  if (!(await unlessMissing(rename(place, aside).then(() => true), false))) return true;
  const { mtime } = await stat(aside);
  const isYoung = mtime >= since;
  if (isYoung) {
    await link(aside, place).catch((error: unknown) => {
      if (!hasCode(error, "EEXIST")) throw error; // put once more meanwhile, with the same bytes
    });
  }
  await unlink(aside);
  return !isYoung;
};

/** Removes files in `incoming` that nobody has written to since `before`; returns how many. */
export const sweepFolder = async (incoming: string, before: Date): Promise<number> => {
  let count = 0;
  for (const name of await namesIn(incoming)) {
    const file = path.join(incoming, name);
    const found = await unlessMissing(stat(file), undefined);
    if (!found || found.mtime >= before) continue;
    if (await unlessMissing(unlink(file).then(() => true), false)) count += 1;
  }
  return count;
};

/** Raises what the file system says when the folder can't be written to. */
export const checkFolder = async (incoming: string): Promise<void> => {
  await mkdir(incoming, { recursive: true });
  await access(incoming, constants.R_OK | constants.W_OK);
  const probe = path.join(incoming, `check-${randomUUID()}`);
  await (await open(probe, "wx", 0o640)).close();
  await unlink(probe);
};
