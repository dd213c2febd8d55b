import { type ConnectionOptions, createPostgresBackend, type Processor, Queue, Worker, type WorkerOptions } from "bullmq";
import { Redis } from "ioredis";

import type { Env } from "../env";
import type { QueueName } from "./define";
import { queueSchema } from "./migrate";

type QueueEnv = Pick<Env, "redisUrl" | "directDatabaseUrl">;

/** Connections of each pool; every queue and every worker has one pool and a LISTEN connection beside it. */
export const queuePoolMax = 2;

/** Long enough for a server that starts again, short enough that nobody waits for a wake-up. */
const reopenAfterMs = 1_000;

const postgresConnection = (env: QueueEnv) => ({ connectionString: env.directDatabaseUrl, max: queuePoolMax, schema: queueSchema, skipMigrations: true, application_name: "slipway-queue" });

/** BullMQ on Redis waits for ever for a blocking command; the sender must fail fast instead, its caller is a person. */
const redisConnection = (url: string, isWorker: boolean): ConnectionOptions =>
  new Redis(url, isWorker ? { maxRetriesPerRequest: null } : { maxRetriesPerRequest: 1, enableOfflineQueue: false, lazyConnect: false });

export const openQueue = (env: QueueEnv, name: QueueName): Queue =>
  env.redisUrl === undefined
    ? (new Queue(`slipway-${name}`, { connection: postgresConnection(env) }, createPostgresBackend) as unknown as Queue)
    : new Queue(`slipway-${name}`, { connection: redisConnection(env.redisUrl, false), prefix: "slipway" });

const openWorker = (env: QueueEnv, name: QueueName, process: Processor, options: Omit<WorkerOptions, "connection">): Worker =>
  env.redisUrl === undefined
    ? (new Worker(`slipway-${name}`, process, { ...options, connection: postgresConnection(env) }, createPostgresBackend) as unknown as Worker)
    : new Worker(`slipway-${name}`, process, { ...options, connection: redisConnection(env.redisUrl, true), prefix: "slipway" });

const connectionTrouble = /ECONN|EPIPE|ETIMEDOUT|terminat|starting up|shutting down|recovery|not yet accepting|timeout expired/i;

/**
 * Keeps a worker on a queue. BullMQ's Postgres backend remembers a first connection that failed and then asks again without
 * a pause, so after trouble with the connection the worker is opened anew; jobs that ran meanwhile are safe to run twice.
 */
export const keepWorker = (env: QueueEnv, name: QueueName, process: Processor, options: Omit<WorkerOptions, "connection">, report: (error: Error) => void): { isRunning: () => boolean; close: () => Promise<void> } => {
  let current: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closing = false;
  const open = (): void => {
    const worker = openWorker(env, name, process, options);
    current = worker;
    worker.on("error", (error) => {
      if (current !== worker || timer) return; // being replaced: the first error said it
      report(error);
      if (closing || env.redisUrl !== undefined || !connectionTrouble.test(`${error.message} ${"code" in error ? String(error.code) : ""}`)) return;
      timer = setTimeout(() => void replace(worker), reopenAfterMs);
    });
  };
  const replace = async (worker: Worker): Promise<void> => {
    await worker.close(true).catch(report);
    timer = undefined;
    if (!closing) open();
  };
  open();
  return {
    isRunning: () => timer === undefined && (current?.isRunning() ?? false),
    close: async () => {
      closing = true;
      clearTimeout(timer);
      await current?.close();
    },
  };
};
