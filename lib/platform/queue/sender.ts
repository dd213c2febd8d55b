import type { Queue } from "bullmq";
import type { Logger } from "pino";

import { newId } from "@/lib/core/ids";
import type { JobSender } from "../context";
import type { Env } from "../env";
import { openLogger } from "../log";
import { openQueue } from "./backend";
import { findJob, type QueueName, queueNames } from "./define";

export type ClosableJobSender = JobSender & { close: () => Promise<void> };

const sendWithinMs = 5_000;

const failAfter = (ms: number): Promise<never> => new Promise((_resolve, reject) => setTimeout(() => reject(new Error(`the queue did not answer within ${ms} ms`)), ms).unref());

/** Fields that BullMQ would read as its own separator. */
const safeKey = (name: string, key: string): string => `${name}-${key}`.replaceAll(":", "_");

/**
 * Opens the sending side of the queues: Postgres, or Redis when REDIS_URL is set.
 * `send` never fails its caller: the work is a row with its due time, and the sweeper of a worker finds what was not woken.
 * Jobs with the same `dedupeKey` run one after another, and of those that wait only the last is kept.
 */
export const openJobSender = (env: Pick<Env, "redisUrl" | "directDatabaseUrl" | "logLevel">, log: Logger = openLogger("queue", env.logLevel)): ClosableJobSender => {
  const queues = new Map<QueueName, Queue>();
  const open = (name: QueueName): void => {
    const queue = openQueue(env, name);
    queue.on("error", (error) => log.warn({ err: error, queue: name }, "the queue reports a problem"));
    queues.set(name, queue);
  };
  /** BullMQ's Postgres backend keeps a first connection that failed for ever, so a queue that failed is opened anew. */
  const reopen = (name: QueueName, failed: Queue): void => {
    if (queues.get(name) !== failed) return;
    open(name);
    failed.close().catch((error: unknown) => log.debug({ err: error, queue: name }, "a broken queue could not be closed"));
  };
  for (const name of queueNames) open(name);
  return {
    send: async (name, payload, options) => {
      const job = findJob(name);
      const checked = job?.payload.safeParse(payload);
      if (checked && !checked.success) log.error({ job: name, err: checked.error }, "a job was not sent: its payload is wrong");
      const queueName = job?.queue ?? "fast";
      const queue = queues.get(queueName);
      if (!queue || (checked && !checked.success)) return;
      try {
        const added = queue.add(name, payload, {
          jobId: newId(), // without one BullMQ makes a sequence for each queue, and our roles may not make anything
          attempts: 1,
          removeOnComplete: true,
          removeOnFail: true,
          ...(options?.dedupeKey === undefined ? {} : { deduplication: { id: safeKey(name, options.dedupeKey), keepLastIfActive: true } }),
        });
        added.catch(() => undefined); // met below, unless it came too late to matter
        await Promise.race([added, failAfter(sendWithinMs)]);
      } catch (error) {
        log.warn({ err: error, job: name }, "a wake-up was lost; the sweeper will find the work");
        reopen(queueName, queue);
      }
    },
    close: async () => {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
};
