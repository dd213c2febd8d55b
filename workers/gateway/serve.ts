import cluster from "node:cluster";
import { mkdirSync } from "node:fs";
import path from "node:path";

import { messageOf } from "@/lib/core/errors";
import { routingSnapshot } from "@/lib/inference/data-plane";
import { env } from "@/lib/platform/env";
import { internalSecret } from "@/lib/platform/keys";
import { openLogger } from "@/lib/platform/log";
import { openRuntimeAddresses } from "@/lib/platform/runtime-addresses";

import { TokenCache } from "./auth";
import { Front } from "./front";
import { Gateway } from "./gateway";
import { diskState, readFreeRatio } from "./log/disk";
import { bodiesPerSecond, BodySampler } from "./log/sampling";
import { LogSender } from "./log/send";
import { SpillFile } from "./log/spill";
import { LogWriter } from "./log/writer";
import type { GrantAnswer, ToPrimary, ToProcess } from "./messages";
import { Meters } from "./meters";
import { Metrics } from "./metrics";
import { Pools } from "./pools";
import { maxShadows, type Tools } from "./predict";
import { buildTable, type Endpoint } from "./routing-table";
import { defaultPoolOptions } from "./upstream";

/* One serving process of the gateway; the primary (main.ts) starts it, feeds it routes and tokens, and starts another when it dies. */

const logBudgetBytes = 64 * 1024 * 1024;
const spillMaxBytes = 512 * 1024 * 1024;
const drainMs = 10_000;
const listenPatienceMs = 2_000;
const flushDeadlineMs = 5_000;
const loadMs = 1_000;
const diskMs = 5_000;

type Start = Extract<ToProcess, { type: "start" }>;

const tell = (message: ToPrimary): void => {
  if (process.connected) process.send?.(message);
};

/** Questions to the primary that wait for their answer. */
class Asking<Answer> {
  private readonly open = new Map<number, (answer: Answer) => void>();
  private calls = 0;

  ask(send: (call: number) => void): Promise<Answer> {
    this.calls += 1;
    const call = this.calls;
    return new Promise((resolve) => {
      this.open.set(call, resolve);
      send(call);
    });
  }

  settle(call: number, answer: Answer): void {
    this.open.get(call)?.(answer);
    this.open.delete(call);
  }
}

const openWriter = (start: Start, log: ReturnType<typeof openLogger>): LogWriter => {
  const settings = env();
  const folder = path.join(settings.home, "gateway", "spill");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const sender = new LogSender(settings.logDatabaseUrl, `slipway-gateway-${start.process}`, log);
  const own = new SpillFile(path.join(folder, `${start.gatewayId}-${start.process}.spill`), spillMaxBytes);
  const orphans = start.orphans.map((name) => new SpillFile(path.join(folder, name), spillMaxBytes));
  for (const orphan of orphans) void orphan.adopt();
  return new LogWriter({ gatewayId: start.gatewayId, process: start.process, budgetBytes: logBudgetBytes, flushMs: 250 }, sender, own, orphans, log);
};

const watchDisk = (home: string, writer: LogWriter, log: ReturnType<typeof openLogger>): void => {
  const look = (): void => {
    readFreeRatio(home).then(
      (ratio) => writer.setDisk(diskState(ratio)),
      (error: unknown) => log.warn({ reason: messageOf(error) }, "free disk can't be read"),
    );
  };
  look();
  setInterval(look, diskMs).unref();
};

const openSamplers = (): ((endpoint: Endpoint, fraction: number) => boolean) => {
  const samplers = new Map<string, BodySampler>();
  return (endpoint, fraction) => {
    const sampler = samplers.get(endpoint.key) ?? new BodySampler(bodiesPerSecond);
    samplers.set(endpoint.key, sampler);
    return sampler.keeps(fraction, performance.now());
  };
};

const run = async (start: Start): Promise<void> => {
  const settings = env();
  const log = openLogger(`gateway-${start.process}`, settings.logLevel);
  const metrics = new Metrics();
  const meters = new Meters(metrics);
  const writer = openWriter(start, log);
  const looking = new Asking<GrantAnswer>();
  const scraping = new Asking<string>();
  const addresses = openRuntimeAddresses(settings);
  const tools: Tools = {
    secret: internalSecret(settings.secretKey, "runtime"),
    main: new Pools(defaultPoolOptions, addresses.check),
    shadow: new Pools({ ...defaultPoolOptions, maxConnections: maxShadows }, addresses.check),
    meters,
    keepsBodies: openSamplers(),
    record: (row) => writer.record(row),
  };
  const gateway = new Gateway({
    tools,
    tokens: new TokenCache((hash) => looking.ask((call) => tell({ type: "look-up", call, hash }))),
    meters,
    version: "1",
    scrape: () => scraping.ask((call) => tell({ type: "scrape", call })),
  });
  const front = new Front((exchange) => {
    gateway.handle(exchange).catch((error: unknown) => log.error({ reason: messageOf(error), stack: error instanceof Error ? error.stack : undefined }, "a request failed inside the gateway"));
  });

  let revision = 0;
  const apply = (text: string): void => {
    const table = buildTable(routingSnapshot.parse(JSON.parse(text)), addresses.problemOf);
    gateway.apply(table);
    revision = table.revision;
    tell({ type: "applied", revision });
    if (table.skipped.length > 0) log.error({ endpoints: table.skipped }, "endpoints are left out: the server of a version has no usable address");
  };

  const flush = metrics.histogram("slipway_gateway_log_flush_seconds", "Time to write one batch of the inference log.");
  writer.onFlush = (seconds) => flush.observe(seconds);
  const gauge = (name: string, help: string, read: () => number): void => metrics.gauge(`slipway_gateway_${name}`, help, read);
  gauge("log_queue_bytes", "Bytes of the inference log in memory.", () => writer.stats.queueBytes);
  gauge("log_spilled_bytes", "Bytes of the inference log on disk that wait for the database.", () => writer.stats.spilledBytes);
  gauge("log_rows_total", "Rows of the inference log that this process made.", () => writer.stats.rows);
  gauge("log_rows_written_total", "Rows of the inference log that the database holds.", () => writer.stats.written);
  gauge("log_rows_dropped_total", "Rows of the inference log that could not be kept.", () => writer.stats.dropped);
  gauge("log_bodies_dropped_total", "Bodies that could not be kept.", () => writer.stats.bodiesDropped);
  gauge("snapshot_revision", "Route revision that every process applies.", () => revision);
  gauge("upstream_connections", "Open connections to runtimes.", () => tools.main.openConnections + tools.shadow.openConnections);
  gauge("resident_bytes", "Resident memory.", () => process.memoryUsage.rss());

  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    gateway.leave();
    await front.drain(drainMs);
    tools.main.close();
    tools.shadow.close();
    await writer.stop(flushDeadlineMs);
    process.exit(0);
  };

  process.on("message", (message: ToProcess) => {
    if (message.type === "snapshot") apply(message.snapshot);
    else if (message.type === "grant") looking.settle(message.call, message.answer);
    else if (message.type === "scraped") scraping.settle(message.call, message.text);
    else if (message.type === "collect") tell({ type: "collected", call: message.call, series: metrics.collect() });
    else if (message.type === "shed") front.shed(message.connections);
    else if (message.type === "stop") void stop();
  });
  // Without a primary there are no new routes: end, but in order; cluster would exit on the spot.
  cluster.worker?.on("disconnect", () => {
    if (cluster.worker) cluster.worker.exitedAfterDisconnect = true;
    void stop();
  });

  if (start.snapshot !== null) apply(start.snapshot);
  writer.start();
  watchDisk(settings.home, writer, log);
  await front.listen(settings.gatewayPort, settings.host, listenPatienceMs);
  tell({ type: "listening" });
  setInterval(() => void front.connections().then((connections) => tell({ type: "load", connections })), loadMs).unref();
};

// The primary decides when to stop; Ctrl-C reaches the whole group of processes.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);
process.once("message", (message: ToProcess) => {
  if (message.type !== "start") return;
  run(message).catch((error: unknown) => {
    tell({ type: "failed", message: messageOf(error) });
    setTimeout(() => process.exit(1), 100);
  });
});
tell({ type: "hello" });
