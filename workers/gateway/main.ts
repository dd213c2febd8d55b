import cluster from "node:cluster";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { newId } from "@/lib/core/ids";
import { messageOf } from "@/lib/core/errors";
import { openDatabase, poolMax } from "@/lib/platform/db";
import { env } from "@/lib/platform/env";
import { openLogger } from "@/lib/platform/log";

import { GrantBook } from "./grants";
import { KeptFile } from "./kept-file";
import { OrphanBook } from "./orphans";
import { Primary } from "./primary";
import { SnapshotSource } from "./snapshot";

/* Entry of the gateway: the primary process. It serves nothing itself. */

const patienceMs = 1_500;
const stopMs = 20_000;

const run = async (): Promise<void> => {
  const settings = env();
  const log = openLogger("gateway", settings.logLevel);
  const gatewayId = newId();
  const db = openDatabase({ url: settings.databaseUrl, poolMax: poolMax.gateway, applicationName: "slipway-gateway", statementTimeoutMs: 4_000 });
  const kept = (name: string): KeptFile => new KeptFile(path.join(settings.home, "gateway", name), log);
  const grants = new GrantBook(db, kept("tokens.json"), log);
  const source = new SnapshotSource(db, settings.directDatabaseUrl, kept("snapshot.json"), log, (text) => primary.publish(text));
  const fail = (reason: string): void => {
    log.fatal({ reason }, "the gateway can't start");
    const hint = reason.includes("EADDRINUSE") ? `port ${settings.gatewayPort} is taken: stop what uses it, or set SLIPWAY_GATEWAY_PORT.` : reason;
    process.stderr.write(`Gateway: ${hint}\n`);
    process.exit(1);
  };
  const primary = new Primary({ gatewayId, processes: settings.gatewayProcesses, db, source, grants, orphans: new OrphanBook(settings.home, gatewayId), log, onFatal: fail });

  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    log.info("stopping: requests in flight are answered, the log is flushed");
    await source.stop();
    await primary.stop(stopMs);
    await Promise.race([db.$disconnect(), new Promise((resolve) => setTimeout(resolve, 1_000))]);
    process.exit(0);
  };
  process.on("SIGTERM", () => void stop());
  process.on("SIGINT", () => void stop());

  // Processes share one listening socket and accept from it themselves: a dead one loses no connection that was not its own.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({ exec: fileURLToPath(new URL("./serve.js", import.meta.url)), silent: false });
  await grants.load();
  await source.start(patienceMs);
  primary.start();
  await primary.tidy();
};

run().catch((error: unknown) => {
  process.stderr.write(`Gateway: ${messageOf(error)}\n`);
  process.exit(1);
});
