import { type ConnectionOptions, createPostgresBackend, type Processor, Queue, Worker, type WorkerOptions } from "bullmq";
import { Redis } from "ioredis";

import type { Env } from "../env";
import type { QueueName } from "./define";
import { queueSchema } from "./migrate";

type QueueEnv = Pick<Env, "redisUrl" | "directDatabaseUrl">;

/** Connections of each pool; every queue and every worker has one pool and a LISTEN connection beside it. */
export const queuePoolMax = 2;

const postgresConnection = (env: QueueEnv) => ({ connectionString: env.directDatabaseUrl, max: queuePoolMax, schema: queueSchema, skipMigrations: true, application_name: "slipway-queue" });

/** BullMQ on Redis waits for ever for a blocking command; the sender must fail fast instead, its caller is a person. */
const redisConnection = (url: string, isWorker: boolean): ConnectionOptions =>
  new Redis(url, isWorker ? { maxRetriesPerRequest: null } : { maxRetriesPerRequest: 1, enableOfflineQueue: false, lazyConnect: false });

export const openQueue = (env: QueueEnv, name: QueueName): Queue =>
  env.redisUrl === undefined
    ? (new Queue(`slipway-${name}`, { connection: postgresConnection(env) }, createPostgresBackend) as unknown as Queue)
    : new Queue(`slipway-${name}`, { connection: redisConnection(env.redisUrl, false), prefix: "slipway" });

export const openWorker = (env: QueueEnv, name: QueueName, process: Processor, options: Omit<WorkerOptions, "connection">): Worker =>
  env.redisUrl === undefined
    ? (new Worker(`slipway-${name}`, process, { ...options, connection: postgresConnection(env) }, createPostgresBackend) as unknown as Worker)
    : new Worker(`slipway-${name}`, process, { ...options, connection: redisConnection(env.redisUrl, true), prefix: "slipway" });
