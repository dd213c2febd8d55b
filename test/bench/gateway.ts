import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";

import pino from "pino";

import { newId } from "@/lib/core/ids";
import { openDatabase } from "@/lib/platform/db";
import { migrateDatabase, migrationsFolder } from "@/lib/platform/db/migrate";
import { findFreePort, startPostgres } from "@/lib/platform/postgres";
import type { CallRow } from "@/workers/gateway/log/row";
import { LogSender } from "@/workers/gateway/log/send";
import { SpillFile } from "@/workers/gateway/log/spill";
import { LogWriter } from "@/workers/gateway/log/writer";
import { uuidBytes } from "@/workers/gateway/routing-table";

import { bundleGateway, makeWorld, sleep, startGateway } from "../integration/gateway/support";
import { postRequest, runLoad, type LoadResult } from "./load";

/*
 * Measures the gateway in real processes against a runtime that answers at once. Prints one JSON line a figure.
 * Generator, runtime, gateway and Postgres share the machine: figures of a busy one are low, ratios hold.
 */

type Figure = { name: string; value: number; unit: string; peer?: string; peerValue?: number; ratio?: number };

const round = (value: number, digits = 3): number => Number(value.toFixed(digits));
const print = (figure: Figure): void => void process.stdout.write(`${JSON.stringify(figure)}\n`);
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

const answer = JSON.stringify({ model_name: "ver_x", outputs: [{ name: "probabilities", shape: [1, 30], datatype: "FP32", data: Array.from({ length: 30 }, (_unused, index) => index / 100) }] });

/** The runtime: a process of its own that gives every request the same answer. */
const serveAnswers = (port: number): void => {
  createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    request.resume();
    request.on("end", () => response.writeHead(200, { "content-type": "application/json", "content-length": answer.length }).end(answer));
  }).listen(port, "127.0.0.1");
};

const startAnswers = async (port: number): Promise<() => void> => {
  const child = spawn(process.execPath, [process.argv[1] ?? "", "--answers", String(port)], { stdio: "inherit" });
  for (let tries = 0; tries < 100; tries += 1) {
    const reached = await fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false);
    if (reached) return () => void child.kill();
    await sleep(50);
  }
  throw new Error("the answering process did not start");
};

const openPostgres = async (): Promise<{ url: string; stop: () => Promise<void> }> => {
  const folder = mkdtempSync(path.join(tmpdir(), "slipway-bench-"));
  chmodSync(folder, 0o711);
  const server = await startPostgres({ folder: path.join(folder, "postgres"), port: await findFreePort(), password: "bench" });
  await migrateDatabase(server.url("postgres"), migrationsFolder(process.cwd()));
  const stop = async (): Promise<void> => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: server.url("postgres"), stop };
};

/** Alternates direct and gateway in short slices, so that a noisy moment hits both. */
const compare = async (direct: () => Promise<LoadResult>, through: () => Promise<LoadResult>, slices: number): Promise<{ direct: LoadResult[]; through: LoadResult[] }> => {
  const results = { direct: [] as LoadResult[], through: [] as LoadResult[] };
  for (let slice = 0; slice < slices; slice += 1) {
    results.direct.push(await direct());
    results.through.push(await through());
  }
  return results;
};

const measureLog = async (url: string, folder: string): Promise<void> => {
  const rows = 40_000;
  const gatewayId = newId();
  const silent = pino({ level: "silent" });
  const writer = new LogWriter({ gatewayId, process: 1, budgetBytes: 512_000_000, flushMs: 250 }, new LogSender(url, "bench", silent), new SpillFile(path.join(folder, "bench.spill"), 1), [], silent);
  const [workspaceId, endpointId, versionId] = [uuidBytes(newId()), uuidBytes(newId()), uuidBytes(newId())];
  const request = Buffer.from(JSON.stringify(Array.from({ length: 220 }, () => round(Math.random() * 1e6, 1))));
  for (let index = 0; index < rows; index += 1) {
    const atMs = Date.now();
    const row: CallRow = {
      atMs, predictionId: uuidBytes(newId(atMs)), arm: "stable", workspaceId, endpointId, versionId, routeNumber: 1, requestId: null, unit: BigInt(index), status: 200, error: null,
      latencyUs: 900, upstreamUs: 700, requestBytes: request.length, responseBytes: answer.length, bodies: { request, response: Buffer.from(answer), sensitive: null, isTruncated: false },
    };
    writer.record(row);
  }
  const startedAt = performance.now();
  await writer.stop(60_000);
  print({ name: "gateway.log_rows_per_second", value: Math.round(rows / ((performance.now() - startedAt) / 1000)), unit: "rows/s" });
};

const run = async (): Promise<void> => {
  const [runtimePort, gatewayPort] = [await findFreePort(), await findFreePort()];
  const postgres = await openPostgres();
  const db = openDatabase({ url: postgres.url, poolMax: 2, applicationName: "bench", statementTimeoutMs: 15_000 });
  const bundle = await bundleGateway();
  const stopAnswers = await startAnswers(runtimePort);
  const world = await makeWorld(db, `http://127.0.0.1:${runtimePort}`);
  await world.route({});
  const gateway = await startGateway({ main: bundle.main, port: gatewayPort, databaseUrl: postgres.url });
  try {
    const body = JSON.stringify({ id: "bench", inputs: [{ name: "x", shape: [1, 220], datatype: "FP32", data: Array.from({ length: 220 }, () => round(Math.random() * 1e6, 1)) }] });
    const viaGateway = postRequest("/v2/models/score/infer", { authorization: `Bearer ${world.token}` }, body);
    const straight = postRequest(`/v2/models/${world.names[0]}/infer`, {}, body);
    const load = (port: number, request: Buffer, connections: number, seconds: number) => (): Promise<LoadResult> => runLoad({ port, request, connections, seconds });
    await load(gatewayPort, viaGateway, 8, 2)();

    const one = await compare(load(runtimePort, straight, 1, 1), load(gatewayPort, viaGateway, 1, 1), 5);
    const [directMs, throughMs] = [median(one.direct.map(({ p50Ms }) => p50Ms)), median(one.through.map(({ p50Ms }) => p50Ms))];
    print({ name: "gateway.added_latency_p50", value: round(throughMs - directMs), unit: "ms", peer: "direct", peerValue: round(directMs), ratio: round(throughMs / directMs, 2) });
    const tails = [median(one.direct.map(({ p99Ms }) => p99Ms)), median(one.through.map(({ p99Ms }) => p99Ms))] as const;
    print({ name: "gateway.latency_p99", value: round(tails[1]), unit: "ms", peer: "direct", peerValue: round(tails[0]), ratio: round(tails[1] / tails[0], 2) });

    const many = await compare(load(runtimePort, straight, 32, 2), load(gatewayPort, viaGateway, 32, 2), 3);
    const [directRate, throughRate] = [median(many.direct.map(({ perSecond }) => perSecond)), median(many.through.map(({ perSecond }) => perSecond))];
    print({ name: "gateway.requests_per_second", value: Math.round(throughRate), unit: "requests/s", peer: "direct", peerValue: Math.round(directRate), ratio: round(throughRate / directRate, 2) });

    await world.route({ mirror: world.versions[1], mirrorBp: 10_000 });
    await sleep(500);
    const mirrored = [await load(gatewayPort, viaGateway, 32, 2)(), await load(gatewayPort, viaGateway, 32, 2)(), await load(gatewayPort, viaGateway, 32, 2)()];
    print({ name: "gateway.mirrored_requests_per_second", value: Math.round(median(mirrored.map(({ perSecond }) => perSecond))), unit: "requests/s" });
    const failed = [...one.through, ...many.through, ...mirrored].reduce((sum, result) => sum + result.failed, 0);
    print({ name: "gateway.failed_requests", value: failed, unit: "requests" });
    await measureLog(postgres.url, gateway.home);
  } finally {
    await gateway.stop();
    stopAnswers();
    bundle.remove();
    rmSync(gateway.home, { recursive: true, force: true });
    await db.$disconnect();
    await postgres.stop();
  }
};

if (process.argv[2] === "--answers") serveAnswers(Number(process.argv[3]));
else await run();
