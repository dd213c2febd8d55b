import type { Job } from "bullmq";

import type { Deps } from "@/lib/platform/context";
import { keepWorker, type QueueName, queueNames } from "@/lib/platform/queue";

import type { JobEntry } from "./job-entry";
import type { JobMetrics } from "./metrics";

export type JobHost = { close: () => Promise<void>; isRunning: () => boolean };

const concurrency: Record<QueueName, number> = { fast: 4, slow: 2 };

/** A worker that died holds its job for at most lock + check; until then the sweeper's next bucket wakes another. */
const options = { lockDuration: 15_000, stalledInterval: 5_000, maxStalledCount: 1, drainDelay: 5 };

/** Runs one job: an unknown kind is reported and done with, a payload that does not fit fails. */
export const runJob = async (deps: Deps, entries: ReadonlyMap<string, JobEntry>, metrics: JobMetrics, job: Pick<Job, "name" | "data" | "timestamp">): Promise<void> => {
  const found = entries.get(job.name);
  if (!found) {
    metrics.unknown.inc();
    deps.log.warn({ job: job.name }, "a job of an unknown kind was dropped: was it sent by a newer release?");
    return;
  }
  const label = { job: job.name };
  metrics.waited.observe(label, Math.max(0, Date.now() - job.timestamp) / 1000);
  const stopTimer = metrics.ran.startTimer(label);
  try {
    const result = await found.handle(deps, found.job.payload.parse(job.data));
    for (const [item, count] of Object.entries(found.tally?.(result) ?? {})) metrics.items.inc({ ...label, item }, count);
  } catch (error) {
    metrics.failed.inc(label);
    deps.log.error({ err: error, job: job.name, payload: job.data as unknown }, "a job failed");
    throw error;
  } finally {
    stopTimer();
  }
};

/** Takes jobs from both queues until closed; closing waits for those that run. */
export const hostJobs = (deps: Deps, entries: readonly JobEntry[], metrics: JobMetrics, onSpinning: () => void = () => undefined): JobHost => {
  const byName = new Map(entries.map((found) => [found.job.name, found]));
  const workers = queueNames.map((name) =>
    keepWorker(deps.env, name, (job) => runJob(deps, byName, metrics, job), { ...options, concurrency: concurrency[name] }, (error) => deps.log.warn({ err: error, queue: name }, "the queue reports a problem"), onSpinning),
  );
  return {
    isRunning: () => workers.every((worker) => worker.isRunning()),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
};
