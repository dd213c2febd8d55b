import type { Deps } from "@/lib/platform/context";

import type { JobEntry } from "./job-entry";
import type { JobMetrics } from "./metrics";

export type Sweeper = { stop: () => Promise<void> };

const beatMs = 500;

/**
 * A job that a dead worker still holds would block its own key until its lock ends: after these many milliseconds the
 * sweeper asks under a new key. Jobs may run beside their twin, so this costs nothing but a second look.
 */
const bucketMs = 5_000;

const sweepOnce = async (deps: Deps, found: JobEntry, metrics: JobMetrics): Promise<void> => {
  const due = found.sweep ? await found.sweep(deps) : [{}];
  const bucket = Math.floor(Date.now() / bucketMs);
  for (const payload of due) {
    if (found.sweep) metrics.swept.inc({ job: found.job.name });
    await deps.jobs.send(found.job.name, payload, { dedupeKey: `${JSON.stringify(payload)}@${bucket}` });
  }
};

/** Looks for due work until stopped. A sweep that fails is reported and tried again at its next beat. */
export const startSweeper = (deps: Deps, entries: readonly JobEntry[], metrics: JobMetrics): Sweeper => {
  const swept = entries.filter((found) => found.sweep !== undefined || found.everyMs !== undefined);
  const nextAt = new Map<JobEntry, number>();
  const running = new Map<JobEntry, Promise<void>>();
  const look = (found: JobEntry): void => {
    const now = Date.now();
    if (running.has(found) || (nextAt.get(found) ?? 0) > now) return;
    nextAt.set(found, now + Math.max(beatMs, found.everyMs ?? beatMs) - beatMs / 2);
    const work = sweepOnce(deps, found, metrics)
      .catch((error: unknown) => deps.log.warn({ err: error, job: found.job.name }, "looking for due work failed; trying again"))
      .finally(() => running.delete(found));
    running.set(found, work);
  };
  for (const found of swept) look(found);
  let turn = 0;
  const timer = setInterval(() => {
    const found = swept[turn % swept.length]; // one after another, each once a beat: all at once they would hold up whoever asks the database just then
    turn += 1;
    if (found) look(found);
  }, beatMs / Math.max(1, swept.length));
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(running.values());
    },
  };
};
