import { AppError } from "@/lib/core/errors";
import { runCall, type Trace } from "@/lib/http/call";
import { toAppError } from "@/lib/http/problem";
import { requireSameOrigin } from "@/lib/http/same-origin";
import { authenticateRequest, contextFor } from "@/lib/identity/server";
import type { Context, Deps } from "@/lib/platform/context";

import { mlflowError } from "../errors";
import { handleArtifacts, listRunArtifacts } from "./artifacts";
import { readBody } from "./body";
import { type Endpoint, get } from "./endpoint";
import { loggedModelEndpoints } from "./endpoints-logged-models";
import { modelEndpoints, versionEndpoints } from "./endpoints-registry";
import { experimentEndpoints, runEndpoints } from "./endpoints-tracking";
import { readInput } from "./input";
import { describeError, writeJson } from "./output";

const maxBodyBytes = 20_000_000;

const endpoints: readonly Endpoint[] = [
  ...experimentEndpoints,
  ...runEndpoints,
  get("mlflow/artifacts/list", (ctx, input) => listRunArtifacts(ctx, input.text("run_id") || input.need("run_uuid"), input.plain("path"))),
  ...loggedModelEndpoints,
  ...modelEndpoints,
  ...versionEndpoints,
];

type Match = { endpoint: Endpoint; params: Record<string, string> };

const byPath = new Map(endpoints.filter(({ path }) => !path.includes("{")).flatMap((endpoint) => endpoint.methods.map((method) => [`${method} ${endpoint.path}`, endpoint] as const)));
const patterns = endpoints.filter(({ path }) => path.includes("{")).map((endpoint) => ({ endpoint, parts: endpoint.path.split("/") }));

const match = (method: string, segments: readonly string[]): Match | undefined => {
  const exact = byPath.get(`${method} ${segments.join("/")}`);
  if (exact) return { endpoint: exact, params: {} };
  for (const { endpoint, parts } of patterns) {
    if (!endpoint.methods.includes(method) || parts.length !== segments.length) continue;
    const fits = parts.every((part, index) => part.startsWith("{") || part === segments[index]);
    if (fits) return { endpoint, params: Object.fromEntries(parts.flatMap((part, index) => (part.startsWith("{") ? [[part.slice(1, -1), segments[index] ?? ""]] : []))) };
  }
  return undefined;
};

/** Path segments after `/api/2.0/` (or its twins), each decoded exactly once; trailing slashes don't count. */
const segmentsOf = (url: URL): string[] => {
  const rest = url.pathname.replace(/^\/(?:ajax-)?api\/\d\.0\//, "").replace(/\/+$/, "");
  try {
    return rest.split("/").map(decodeURIComponent);
  } catch (cause) {
    throw new AppError("invalid", "mlflow.bad_path", "The address holds a percent sign that encodes nothing.", { cause });
  }
};

const queryObject = (query: URLSearchParams): Record<string, unknown> =>
  Object.fromEntries([...new Set(query.keys())].map((key) => {
    const values = query.getAll(key);
    return [key, values.length === 1 ? values[0] : values];
  }));

/** Answers one call of MLflow's REST API or artifact proxy, for the unmodified client. */
export const handleMlflow = (request: Request): Promise<Response> => {
  const url = new URL(request.url);
  const isArtifacts = /^\/(ajax-)?api\/2\.0\/mlflow-artifacts(\/|$)/.test(url.pathname);
  return runCall(isArtifacts ? "mlflowArtifacts" : "mlflow", request, async (deps, requestId, trace) => {
    try {
      const segments = segmentsOf(url);
      const found = isArtifacts ? undefined : match(request.method, segments);
      const ctx = await openContext(deps, request, requestId, trace);
      if (isArtifacts) return withId(await handleArtifacts(ctx, request, segments.slice(1), url.searchParams), requestId);
      if (!found) throw mlflowError("not_found", "ENDPOINT_NOT_FOUND", `Slipway has no ${request.method} ${url.pathname}.`);
      return answer(await call(ctx, request, url, found), requestId);
    } catch (error) {
      return fail(deps, request, toAppError(error), requestId);
    }
  });
};

const call = async (ctx: Context, request: Request, url: URL, { endpoint, params }: Match): Promise<unknown> => {
  const body = request.method === "GET" ? {} : await readBody(request, endpoint.maxBodyBytes ?? maxBodyBytes);
  return endpoint.handle(ctx, readInput({ ...queryObject(url.searchParams), ...body, ...params }));
};

/** Who calls, and in which workspace: header X-MLFLOW-WORKSPACE, else `default`. */
const openContext = async (deps: Deps, request: Request, requestId: string, trace: Trace): Promise<Context> => {
  const principal = await authenticateRequest(deps, request, { allowBasic: true });
  trace.actor = principal.kind === "token" ? `token:${principal.tokenId}` : `user:${principal.userId}`;
  if (principal.kind === "session" && request.method !== "GET") requireSameOrigin(request, deps.env);
  const ctx = await contextFor(deps, principal, request.headers.get("x-mlflow-workspace") || "default", requestId);
  trace.workspaceId = ctx.workspace.id;
  return ctx;
};

const answer = (value: unknown, requestId: string): Response =>
  new Response(writeJson(value ?? {}), { headers: { "content-type": "application/json", "cache-control": "private, no-store", "x-request-id": requestId } });

const withId = (response: Response, requestId: string): Response => {
  response.headers.set("x-request-id", requestId);
  response.headers.set("cache-control", "private, no-store");
  return response;
};

const fail = (deps: Deps, request: Request, error: AppError, requestId: string): Response => {
  const { status, body } = describeError(error);
  if (status >= 500) deps.log.error({ requestId, err: error.cause ?? error, path: new URL(request.url).pathname }, "an MLflow call failed");
  const headers = new Headers({ "content-type": "application/json", "cache-control": "private, no-store", "x-request-id": requestId });
  // A browser would answer the challenge with a dialog of its own.
  const isBrowser = request.headers.has("sec-fetch-site") || (request.headers.get("accept") ?? "").includes("text/html");
  if (status === 401 && !isBrowser) headers.set("www-authenticate", 'Basic realm="mlflow"');
  if (error.retryAfterSeconds !== undefined) headers.set("retry-after", String(error.retryAfterSeconds));
  return new Response(JSON.stringify(body), { status, headers });
};

/** What newer clients ask before downloads and large uploads, without credentials. */
export const serverInfo = (): Response => Response.json({ store_type: "SqlStore", workspaces_enabled: true, trace_archival_enabled: false, multipart_uploads_enabled: false, multipart_downloads_enabled: false });
