import { openBlobStore } from "@/lib/platform/blob-store";
import { databaseClock } from "@/lib/platform/clock";
import type { Deps } from "@/lib/platform/context";
import { openDatabase, poolMax } from "@/lib/platform/db";
import { env } from "@/lib/platform/env";
import { openLogger } from "@/lib/platform/log";
import { onStop } from "@/lib/platform/process";
import { openJobSender, waitForDatabase } from "@/lib/platform/queue";

import { serveHealth } from "./health-server";
import { openJobMetrics } from "./metrics";
import { registry } from "./registry";
import { hostJobs } from "./runtime-host";
import { startSweeper } from "./sweeper";

const settings = env();
const log = openLogger("worker", settings.logLevel);
const metrics = openJobMetrics();
await waitForDatabase(settings.directDatabaseUrl, (error) => log.warn({ err: error }, "waiting for the database"));
const jobs = openJobSender(settings, log);
const deps: Deps = {
  db: openDatabase({ url: settings.databaseUrl, poolMax: poolMax.worker, applicationName: "slipway-worker", statementTimeoutMs: 30_000 }),
  clock: databaseClock,
  blobs: openBlobStore(settings),
  jobs,
  log,
  env: settings,
};

const host = hostJobs(deps, registry, metrics, () => {
  log.fatal("the queue's connection does not recover; ending the process, so that it starts anew");
  process.exit(1);
});
const sweeper = startSweeper(deps, registry, metrics);
const isReady = async (): Promise<boolean> => {
  await deps.db.$queryRaw`SELECT 1`;
  return host.isRunning();
};
const health = await serveHealth({ host: settings.host, port: settings.workerPort, registry: metrics.registry, isReady });
log.info({ port: settings.workerPort, jobs: registry.map((found) => found.job.name) }, "the worker is ready");

onStop(async () => {
  log.info("the worker stops");
  await sweeper.stop();
  await host.close();
  await health.close();
  await jobs.close();
  await deps.db.$disconnect();
});
