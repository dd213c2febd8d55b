import { type ConnectionOptions, createPostgresBackend, type Processor, Queue, Worker, type WorkerOptions } from "bullmq";
import { Redis } from "ioredis";
import { Client } from "pg";

import { queuePoolMax } from "../db/budget";
import type { Env } from "../env";
import type { QueueName } from "./define";
import { queueSchema } from "./migrate";

type QueueEnv = Pick<Env, "redisUrl" | "directDatabaseUrl">;

/** Jobs only wake: what a crash of the server takes of its last moment, the sweepers find again, so that no commit need wait for the disk. */
const postgresConnection = (env: QueueEnv) => ({ options: "-c synchronous_commit=off", connectionString: env.directDatabaseUrl, max: queuePoolMax, schema: queueSchema, skipMigrations: true, application_name: "slipway-queue" });

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

const spinningErrors = 50;
const spinningWithinMs = 3_000;

/**
 * Runs a worker on a queue. BullMQ's Postgres backend remembers a first connection that failed and then asks again without a
 * pause: `onSpinning` is called when errors come that fast, because only a new process gets out of it.
 */
export const keepWorker = (env: QueueEnv, name: QueueName, process: Processor, options: Omit<WorkerOptions, "connection">, report: (error: Error) => void, onSpinning: () => void): Worker => {
  const worker = openWorker(env, name, process, options);
  let since = 0;
  let errors = 0;
  worker.on("error", (error) => {
    const now = Date.now();
    if (now - since > spinningWithinMs) {
      since = now;
      errors = 0;
    }
    errors += 1;
    if (errors <= 3) report(error);
    if (errors === spinningErrors) onSpinning();
  });
  return worker;
};

/** Resolves when the database answers: what is opened before that would never recover. */
export const waitForDatabase = async (url: string, report: (error: unknown) => void): Promise<void> => {
  for (let tries = 0; ; tries += 1) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on("error", () => undefined); // told by the call that meets it
    try {
      await client.connect();
      await client.query("SELECT 1");
      return;
    } catch (error) {
      if (tries % 20 === 0) report(error);
      await new Promise((resolve) => setTimeout(resolve, 500));
    } finally {
      await client.end().catch(() => undefined); // one that never connected has nothing to end
    }
  }
};
