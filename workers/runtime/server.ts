import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import { AppError, isAppError, messageOf } from "@/lib/core/errors";
import { isObject } from "@/lib/core/json";
import type { Logger } from "@/lib/platform/log";

import { version } from "../../package.json";
import { hasSecret, isLoopback, readBody, requireJson, sendJson } from "./http-io";
import { parseInferRequest } from "./infer-request";
import { encodeInferResponse, servedVersion } from "./infer-response";
import { parseLoadConfig } from "./load-config";
import type { RuntimeMetrics } from "./metrics";
import type { ModelRegistry } from "./model-registry";
import { findRoute, type ModelRoute, type ServerRoute } from "./routes";
import type { Port } from "./tensors";

export type ServerParts = { models: ModelRegistry; metrics: RuntimeMetrics; log: Logger; secret: string; bodyMaxBytes: number; isReady: () => boolean };

const maxRepositoryBytes = 4_000_000;

/** The HTTP server of the runtime: Open Inference Protocol v2 with the repository extension, and metrics. */
export const createRuntimeServer = (parts: ServerParts): Server => {
  const expected = Buffer.from(`Bearer ${parts.secret}`);
  const server = createServer({ keepAlive: true, noDelay: true }, (request, response) => {
    handle(parts, expected, request, response).catch((error: unknown) => sendError(parts, request, response, error));
  });
  // Longer than the idle time of the gateway's pool, so that it is never this side that closes a connection first.
  server.keepAliveTimeout = 75_000;
  server.headersTimeout = 10_000;
  server.requestTimeout = 60_000;
  return server;
};

const handle = async (parts: ServerParts, expected: Buffer, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const path = request.url?.split("?", 1)[0] ?? "/";
  const isOpen = path === "/v2/health/live" || path === "/v2/health/ready" || (path === "/metrics" && isLoopback(request.socket.remoteAddress));
  if (!isOpen && !hasSecret(request, expected)) throw new AppError("unauthenticated", "runtime.no_secret", "This call needs the runtime's secret: Authorization: Bearer <secret>.");
  const route = findRoute(request.method ?? "GET", path);
  if (route.kind === "infer") return infer(parts, route.model, request, response);
  if (route.kind === "metrics") return sendMetrics(parts, response);
  const { status, body } = await answer(parts, route, request);
  sendJson(request, response, status, JSON.stringify(body));
};

const infer = async (parts: ServerParts, model: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  let status = 200;
  try {
    const host = parts.models.host(model);
    requireJson(request);
    const body = await readBody(request, parts.bodyMaxBytes);
    const startedAtMs = performance.now();
    const { id, inputs, outputs } = parseInferRequest(body, host.interface());
    const given = await host.infer(inputs);
    const asked = outputs.flatMap((name) => given.find((tensor) => tensor.name === name) ?? []);
    sendJson(request, response, 200, encodeInferResponse(model, id, asked));
    parts.metrics.seconds.observe((performance.now() - startedAtMs) / 1_000);
  } catch (error) {
    status = isAppError(error) ? error.status : 500;
    if (isAppError(error) && error.kind === "not_found") status = 0;
    throw error;
  } finally {
    // Unknown names are not counted by name: anybody could make up any number of them.
    if (status !== 0) parts.metrics.requests.inc({ model, status });
  }
};

type Answer = { status: number; body: unknown };
const ok = (body: unknown): Answer => ({ status: 200, body });

const answer = async (parts: ServerParts, route: ServerRoute | ModelRoute, request: IncomingMessage): Promise<Answer> => {
  switch (route.kind) {
    case "server":
      return ok({ name: "slipway-runtime", version, extensions: ["model_repository"] });
    case "live":
      return ok({ live: true });
    case "serverReady":
      return { status: parts.isReady() ? 200 : 503, body: { ready: parts.isReady() } };
    case "index":
      return ok(listModels(parts, await readJson(request)));
    case "metadata": {
      const model = parts.models.host(route.model).interface();
      return ok({ name: route.model, versions: [servedVersion], platform: "onnxruntime_onnx", inputs: model.inputs.map(toMetadata), outputs: model.outputs.map(toMetadata) });
    }
    case "modelReady": {
      const { state, reason } = parts.models.status(route.model);
      // A model that will not come back by waiting is told apart from one that is on its way.
      const status = state === "READY" ? 200 : state === "UNAVAILABLE" ? 422 : 503;
      return { status, body: { name: route.model, ready: status === 200, ...(status === 200 ? {} : { state, error: reason || `Model ${route.model} is ${state.toLowerCase()}.` }) } };
    }
    case "load": {
      await parts.models.load(route.model, parseLoadConfig(await readJson(request)));
      return ok({ name: route.model, state: "READY" });
    }
    case "unload": {
      await readJson(request);
      await parts.models.unload(route.model);
      return ok({ name: route.model, state: "UNAVAILABLE" });
    }
  }
};

const toMetadata = ({ name, datatype, shape }: Port) => ({ name, datatype, shape: shape.map((dim) => dim ?? -1) });

const listModels = (parts: ServerParts, body: unknown) => {
  const onlyReady = isObject(body) && body["ready"] === true;
  return parts.models.list().flatMap(({ name, state, reason }) => (onlyReady && state !== "READY" ? [] : [{ name, version: servedVersion, state, reason }]));
};

const readJson = async (request: IncomingMessage): Promise<unknown> => {
  const body = await readBody(request, maxRepositoryBytes);
  if (body.trim() === "") return {};
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new AppError("invalid", "runtime.bad_json", "The body is not JSON.", { cause });
  }
};

const sendMetrics = async (parts: ServerParts, response: ServerResponse): Promise<void> => {
  const { metrics, models } = parts;
  metrics.models.reset();
  for (const { state } of models.list()) metrics.models.inc({ state });
  metrics.waiting.set(models.waiting());
  response.writeHead(200, { "content-type": metrics.registry.contentType }).end(await metrics.registry.metrics());
};

/** Answers with the protocol's error body; what is not expected is logged in full and told in one sentence. */
const sendError = (parts: ServerParts, request: IncomingMessage, response: ServerResponse, error: unknown): void => {
  const known = isAppError(error) ? error : undefined;
  if (!known || known.kind === "internal") parts.log.error({ err: error, path: request.url?.slice(0, 200) }, "request failed");
  const isMethod = known?.code === "runtime.method";
  const headers: Record<string, string> = {};
  if (isMethod && typeof known.details["allow"] === "string") headers["allow"] = known.details["allow"];
  if (known?.retryAfterSeconds !== undefined) headers["retry-after"] = String(known.retryAfterSeconds);
  if (known?.kind === "unauthenticated") headers["www-authenticate"] = "Bearer";
  sendJson(request, response, isMethod ? 405 : (known?.status ?? 500), JSON.stringify({ error: known ? known.message : `The runtime failed: ${messageOf(error)}` }), headers);
};
