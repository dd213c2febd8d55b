import { processWide } from "@/lib/http/process-wide";
import type { Database } from "@/lib/platform/db";

/** How long what was looked up may be believed: the bound of staleness for changes that another process made. */
const rememberedMs = 2_000;
const maxEntries = 10_000;

type Entry = { value: unknown; epoch: number; loadedMs: number };

const state = processWide("identity.memory", () => ({ epoch: 0, entries: new WeakMap<Database, Map<string, Entry>>() }));

/**
 * Returns what `load` found for `key` at most two seconds ago, else loads it anew; `ageMs` is the age of what it returns. A failure and
 * what `isKept` turns down are never remembered. So a token or role that this process changes counts at once (`forgetAccess`), one that
 * another process changes after two seconds at the latest.
 */
export const remember = async <T>(db: Database, key: string, load: () => Promise<T>, isKept: (value: T) => boolean): Promise<{ value: T; ageMs: number }> => {
  const entries = state.entries.get(db) ?? new Map<string, Entry>();
  state.entries.set(db, entries);
  const nowMs = performance.now();
  const found = entries.get(key);
  if (found && found.epoch === state.epoch && nowMs - found.loadedMs < rememberedMs) return { value: found.value as T, ageMs: nowMs - found.loadedMs };
  const { epoch } = state; // of before the look-up: a change during it makes what was found outdated
  const value = await load();
  entries.delete(key); // the youngest stand last, so that the first is the one to give way
  if (!isKept(value)) return { value, ageMs: 0 };
  entries.set(key, { value, epoch, loadedMs: nowMs });
  const oldest = entries.keys().next();
  if (entries.size > maxEntries && !oldest.done) entries.delete(oldest.value);
  return { value, ageMs: 0 };
};

/** Forgets who may do what, in this whole process; call it after a change of tokens, roles or people has been committed. */
const forgetAccess = (): void => {
  state.epoch += 1;
};

/** Forgets who may do what once `change` is done, also when it failed: nobody knows then how far it came. */
export const thenForget = async <T>(change: Promise<T>): Promise<T> => {
  try {
    return await change;
  } finally {
    forgetAccess();
  }
};
