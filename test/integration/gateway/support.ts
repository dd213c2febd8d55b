import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, createServer as createHttpServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect, createServer, type Server as NetServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

import { build } from "esbuild";

import { formatId, newId } from "@/lib/core/ids";
import type { Database } from "@/lib/platform/db";

export const root = process.cwd();
export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Bundles the gateway as the product does; beside node_modules, so that packages resolve. */
export const bundleGateway = async (): Promise<{ main: string; remove: () => void }> => {
  const folder = path.join(root, "node_modules", ".cache", `gateway-test-${process.pid}`);
  await build({
    entryPoints: [path.join(root, "workers/gateway/main.ts"), path.join(root, "workers/gateway/serve.ts")],
    outdir: folder,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    alias: { "@": root },
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "error",
  });
  return { main: path.join(folder, "main.js"), remove: () => rmSync(folder, { recursive: true, force: true }) };
};

export type Runtime = { port: number; url: string; seen: { model: string; shadow: boolean; body: string; headers: IncomingMessage["headers"] }[]; close: () => Promise<void> };
export type Behaviour = (model: string, body: string, response: ServerResponse, request: IncomingMessage) => void;

/** Answers like a runtime of the Open Inference Protocol: outputs the sum of the first input, and the name of the model. */
export const answerSum: Behaviour = (model, body, response) => {
  const answer = (status: number, document: object): void => void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(document));
  try {
    const request = JSON.parse(body) as { id?: string; inputs?: { data: number[] }[] };
    const data = request.inputs?.[0]?.data;
    const sum = data?.flat(3).reduce((total, value) => total + value, 0);
    const document = { model_name: model, ...(request.id ? { id: request.id } : {}), outputs: [{ name: "sum", shape: [1, 1], datatype: "FP32", data: [sum] }] };
    if (sum === undefined) answer(400, { error: "inputs[0].data is missing" });
    else answer(200, document);
  } catch {
    answer(400, { error: "not JSON" });
  }
};

/** A server of the outside world that the gateway calls; `behaviour` decides what each model does. */
export const startRuntime = async (port: number, behaviour: Behaviour = answerSum): Promise<Runtime> => {
  const seen: Runtime["seen"] = [];
  const server: Server = createHttpServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const model = /^\/v2\/models\/(ver_[0-9a-f]{32})/.exec(request.url ?? "")?.[1] ?? "";
      const body = Buffer.concat(parts).toString();
      seen.push({ model, shadow: request.headers["x-shadow"] !== undefined, body, headers: request.headers });
      if (request.method === "GET") return void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ name: model, ready: true }));
      behaviour(model, body, response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** A wire between the gateway and Postgres that can be cut and mended. */
export class Wire {
  private readonly sockets = new Set<Socket>();
  private held: (() => void)[] | undefined;
  private server: NetServer | undefined;

  constructor(
    readonly port: number,
    private readonly target: { host: string; port: number },
  ) {}

  mend(): Promise<void> {
    const server = createServer((client) => {
      const upstream = connect(this.target);
      for (const socket of [client, upstream]) {
        this.sockets.add(socket);
        socket.on("error", () => socket.destroy());
        socket.on("close", () => this.sockets.delete(socket));
      }
      client.on("close", () => upstream.destroy());
      upstream.on("close", () => client.destroy());
      client.on("data", (chunk) => this.pass(() => upstream.write(chunk)));
      upstream.on("data", (chunk) => this.pass(() => client.write(chunk)));
    });
    this.server = server;
    return new Promise((resolve) => server.listen(this.port, "127.0.0.1", resolve));
  }

  /** Connections stay, and nothing comes through: what a hanging server looks like. */
  freeze(): void {
    this.held = [];
  }

  thaw(): void {
    const held = this.held ?? [];
    this.held = undefined;
    for (const write of held) write();
  }

  private pass(write: () => void): void {
    if (this.held) this.held.push(write);
    else write();
  }

  cut(): Promise<void> {
    const { server } = this;
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }
}

export type Gateway = { child: ChildProcess; port: number; home: string; url: string; errors: () => string; stop: (signal?: NodeJS.Signals) => Promise<number | null>; pids: () => number[] };

export type GatewayOptions = { main: string; port: number; databaseUrl: string; home?: string; processes?: number };

export const makeHome = (): string => mkdtempSync(path.join(tmpdir(), "slipway-gateway-"));

export const startGateway = async ({ main, port, databaseUrl, home = makeHome(), processes = 2 }: GatewayOptions): Promise<Gateway> => {
  const { PATH, HOME } = process.env;
  const variables = {
    PATH,
    HOME,
    DATABASE_URL: databaseUrl,
    SLIPWAY_HOME: home,
    SLIPWAY_GATEWAY_PORT: String(port),
    SLIPWAY_GATEWAY_PROCESSES: String(processes),
    SLIPWAY_SECRET_KEY: "0123456789abcdef".repeat(4),
    SLIPWAY_LOG_LEVEL: process.env["GATEWAY_TEST_LOG"] ?? "info",
  };
  const child = spawn(process.execPath, [main], { env: variables as unknown as NodeJS.ProcessEnv, stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.on("data", (part: Buffer) => (errors += part.toString()));
  const pids = (): number[] => [...errors.matchAll(/"pid":(\d+),"msg":"serving"/g)].map((match) => Number(match[1]));
  const gateway: Gateway = {
    child,
    port,
    home,
    url: `http://127.0.0.1:${port}`,
    errors: () => errors,
    pids,
    stop: async (signal = "SIGTERM") => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
      child.kill(signal);
      return ended;
    },
  };
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) throw new Error(`the gateway ended: ${errors}`);
    const listening = pids().length;
    if (listening >= processes) return gateway;
    await sleep(50);
  }
  throw new Error(`the gateway did not start: ${errors}`);
};

export type Answer = { status: number; headers: IncomingMessage["headers"]; body: string };

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

export type Sent = { method?: string; headers?: Record<string, string>; body?: string | Buffer; agent?: Agent | false; timeoutMs?: number };

/** Sends one request; rejects on errors of the connection. */
export const send = (url: string, { method = "POST", headers = {}, body = "", agent: own = agent, timeoutMs = 20_000 }: Sent = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, agent: own, headers: { ...(method === "POST" ? { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) } : {}), ...headers } }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts).toString() }));
      response.on("error", reject);
    });
    request.setTimeout(timeoutMs, () => request.destroy(new Error("the client gave up waiting")));
    request.on("error", reject);
    request.end(method === "POST" ? body : undefined);
  });

export const inferBody = (values: number[] = [1, 2, 3], id?: string): string => JSON.stringify({ ...(id ? { id } : {}), inputs: [{ name: "x", shape: [1, values.length], datatype: "FP32", data: values }] });

export type World = {
  workspaceId: string;
  endpointId: string;
  versions: [string, string, string];
  names: [string, string, string];
  token: string;
  userId: string;
  /** Publishes a route and returns its revision. */
  route: (route: { stable?: string | null; candidate?: string | null; weightBp?: number; mirror?: string | null; mirrorBp?: number }) => Promise<bigint>;
};

const at = new Date("2026-11-20T12:00:00.000Z");
const textHash = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(createHash("sha256").update(text).digest());

/** Makes workspace `default` with one endpoint `score` in production, three versions and a token that may predict. */
export const makeWorld = async (db: Database, runtimeUrl: string, options: { timeoutMs?: number; signature?: object; workspace?: string; isAnonymous?: boolean } = {}): Promise<World> => {
  const workspaceId = newId();
  const [environmentId, runtimeId, modelId, endpointId, userId] = [newId(), newId(), newId(), newId(), newId()];
  const workspace = options.workspace ?? "default";
  await db.workspace.create({ data: { id: workspaceId, name: workspace, title: workspace, createdAt: at } });
  await db.environment.create({ data: { id: environmentId, workspaceId, name: "production", position: 2, isProduction: true, createdAt: at } });
  await db.runtime.create({ data: { id: runtimeId, workspaceId, name: "onnx", kind: "onnx", url: runtimeUrl, createdAt: at } });
  await db.registeredModel.create({ data: { id: modelId, workspaceId, name: "score", createdBy: "test", createdAt: at, updatedAt: at } });
  const signature = options.signature ?? { inputs: [{ name: "x", datatype: "FP32", shape: [-1, 3] }], outputs: [{ name: "sum", datatype: "FP32", shape: [-1, 1] }] };
  const versions: [string, string, string] = [newId(), newId(), newId()];
  for (const [index, id] of versions.entries()) {
    await db.modelVersion.create({ data: { id, workspaceId, modelId, number: index + 1, status: "ready", source: "upload", signature, createdBy: "test", createdAt: at, updatedAt: at } });
  }
  await db.endpoint.create({
    data: { id: endpointId, workspaceId, environmentId, runtimeId, modelId, name: "score", timeoutMs: options.timeoutMs ?? 10_000, isAnonymous: options.isAnonymous ?? false, createdBy: "test", createdAt: at, updatedAt: at },
  });
  await db.user.create({ data: { id: userId, email: `${userId}@example.org`, name: "Caller", passwordHash: "!", createdAt: at } });
  await db.membership.create({ data: { workspaceId, userId, roles: ["contributor"], groups: [], createdAt: at } });
  const token = `slp_pat_${userId.replaceAll("-", "")}`;
  await db.apiToken.create({ data: { id: newId(), workspaceId, userId, name: "predict", tokenHash: textHash(token), displayPrefix: token.slice(0, 12), scopes: ["predict"], endpointIds: [], createdAt: at, expiresAt: new Date("2027-11-20T12:00:00.000Z") } });
  let number = 0;
  const route: World["route"] = async ({ stable = versions[0], candidate = null, weightBp = 0, mirror = null, mirrorBp = 0 }) => {
    number += 1;
    const row = await db.routeRevision.create({
      data: { workspaceId, endpointId, number, stableVersionId: stable, candidateVersionId: candidate, candidateWeightBp: weightBp, mirrorVersionId: mirror, mirrorBp, salt: "salt", reason: "test", createdAt: at },
    });
    await db.endpoint.update({ where: { id: endpointId }, data: { routeNumber: number } });
    await db.$executeRaw`SELECT pg_notify('slipway_route', ${row.revision.toString()})`;
    return row.revision;
  };
  return { workspaceId, endpointId, versions, names: versions.map((id) => formatId("version", id)) as World["names"], token, userId, route };
};

export const inferUrl = (gateway: Gateway): string => `${gateway.url}/w/default/production/v2/models/score/infer`;
export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

/** Waits until `check` holds. */
export const eventually = async (check: () => Promise<boolean> | boolean, timeoutMs = 10_000): Promise<void> => {
  const endAt = Date.now() + timeoutMs;
  while (!(await check())) {
    if (Date.now() > endAt) throw new Error("it did not come true in time");
    await sleep(50);
  }
};

export type LogTotals = { rows: number; dropped: number; calls: number; main: number; batches: number; numbers: number };

export const readTotals = async (db: Database): Promise<LogTotals> => {
  const [row] = await db.$queryRaw<LogTotals[]>`
    SELECT coalesce(sum(rows), 0)::int AS rows, coalesce(sum(dropped), 0)::int AS dropped, count(*)::int AS batches,
      count(DISTINCT (gateway_id, process, number))::int AS numbers,
      (SELECT count(*)::int FROM inference.call) AS calls,
      (SELECT count(*)::int FROM inference.call WHERE arm <> 'shadow') AS main
    FROM inference.batch`;
  if (!row) throw new Error("no totals");
  return row;
};

/** For each process, its batch numbers must run from 1 without a gap. */
export const gapsInNumbers = async (db: Database): Promise<number> => {
  const [row] = await db.$queryRaw<{ gaps: number }[]>`
    SELECT count(*)::int AS gaps FROM (SELECT max(number) AS top, min(number) AS low, count(*) AS n FROM inference.batch GROUP BY gateway_id, process) AS p WHERE top <> n OR low <> 1`;
  return row?.gaps ?? -1;
};
