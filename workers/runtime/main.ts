import { mkdir } from "node:fs/promises";
import type { AddressInfo } from "node:net";

import { isAppError, messageOf } from "@/lib/core/errors";
import { type RuntimeEnv, runtimeEnv } from "@/lib/platform/env-runtime";
import { hasCode } from "@/lib/platform/file-system";
import { type Logger, openLogger } from "@/lib/platform/log";

import { BlobCache } from "./blob-cache";
import { openRuntimeMetrics } from "./metrics";
import { ModelRegistry } from "./model-registry";
import { createRuntimeServer } from "./server";
import { StateFile } from "./state-file";
import { watchStuckThreads } from "./stuck-threads";

const loadTimeoutMs = 120_000;
const drainMs = 10_000;
const lastAnswersMs = 1_000;

/** Ends the process although a thread is inside native code: a normal exit would wait for it for ever. */
const endHard = (): void => {
  process.kill(process.pid, "SIGKILL");
};

const run = async (env: RuntimeEnv, log: Logger): Promise<void> => {
  let isReady = false;
  const metrics = openRuntimeMetrics();
  const threads = watchStuckThreads(log, metrics, () => {
    log.fatal("too many model threads are stuck; ending the process, so that it starts anew");
    isReady = false;
    setTimeout(endHard, lastAnswersMs);
  });
  await mkdir(env.cacheFolder, { recursive: true, mode: 0o700 });
  const cache = new BlobCache(env.cacheFolder, env.cacheMaxBytes);
  await cache.open();
  const models = new ModelRegistry(cache, new StateFile(env.cacheFolder, log), { ...env, loadTimeoutMs }, { log, metrics, onAbandoned: threads.add });
  const server = createRuntimeServer({ models, metrics, log, secret: env.secret, bodyMaxBytes: env.bodyMaxBytes, isReady: () => isReady });

  let isStopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    isReady = false;
    log.info({ signal }, "stopping");
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const timer = setTimeout(() => server.closeAllConnections(), drainMs);
    await models.close();
    server.closeIdleConnections();
    await closed;
    clearTimeout(timer);
    if (await threads.settle(2_000)) process.exit(0);
    endHard();
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop(signal).catch(fail(log)));

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(env.port, env.host, () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  log.info({ host: env.host, port }, "listening");
  await models.reload();
  isReady = !isStopping;
  log.info({ models: models.list().length }, "ready");
};

const fail = (log: Logger) => (error: unknown): void => {
  const isTaken = hasCode(error, "EADDRINUSE");
  if (isTaken) log.fatal("The runtime's port is taken; set SLIPWAY_RUNTIME_PORT to a free one.");
  else if (isAppError(error)) log.fatal(error.message);
  else log.fatal({ err: error }, messageOf(error));
  process.exit(1);
};

const start = async (): Promise<void> => {
  let log = openLogger("runtime", "info");
  try {
    const env = runtimeEnv();
    log = openLogger("runtime", env.logLevel);
    await run(env, log);
  } catch (error) {
    fail(log)(error);
  }
};

await start();
