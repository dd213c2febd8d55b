import type { HeaderReader } from "@/lib/http/headers";
import type { Trace } from "@/lib/http/call";
import { requireSameOrigin } from "@/lib/http/same-origin";
import { authenticateRequest, contextFor } from "@/lib/identity/server";
import type { Context, Deps } from "@/lib/platform/context";

import { mlflowError } from "../errors";
import { type Address, queryObject, readAddress, segmentsOf } from "./address";
import { artifactEndpoints } from "./artifacts";
import { readBody } from "./body";
import type { Call, Endpoint } from "./endpoint";
import { artifactDoorEndpoints } from "./endpoints-artifact-doors";
import { assessmentEndpoints } from "./endpoints-assessments";
import { historyEndpoints } from "./endpoints-history";
import { loggedModelEndpoints } from "./endpoints-logged-models";
import { oldTraceEndpoints } from "./endpoints-old-traces";
import { openEndpoints } from "./endpoints-open";
import { otlpEndpoints } from "./endpoints-otlp";
import { modelEndpoints, versionEndpoints } from "./endpoints-registry";
import { traceEndpoints } from "./endpoints-traces";
import { experimentEndpoints, runEndpoints } from "./endpoints-tracking";
import { webhookEndpoints } from "./endpoints-webhooks";
import { readInput } from "./input";
import { openTable } from "./table";

const maxBodyBytes = 20_000_000;

const endpoints: readonly Endpoint[] = [
  ...experimentEndpoints,
  ...runEndpoints,
  ...artifactEndpoints,
  ...artifactDoorEndpoints,
  ...historyEndpoints,
  ...loggedModelEndpoints,
  ...modelEndpoints,
  ...versionEndpoints,
  ...webhookEndpoints,
  ...traceEndpoints,
  ...oldTraceEndpoints,
  ...assessmentEndpoints,
  ...otlpEndpoints,
];

const table = openTable(endpoints);
const openAddresses = new Set(openEndpoints.map(({ path }) => path));

/** The part of MLflow's wire that an address means, or undefined when it is none of it. */
export const findAddress = (target: string): Address | undefined => readAddress(target, (path) => table.ownsRoot(path) || openAddresses.has(path));

type Incoming = Omit<Call, "query" | "path"> & { address: Address; awaitBody: () => void };

/** Answers a request: a value to be written as JSON, or a Reply. Raises AppErrors. `trace` learns who called, and where. */
export const dispatch = async (deps: Deps, requestId: string, trace: Trace, { method, headers, body, address, awaitBody }: Incoming): Promise<unknown> => {
  const open = openEndpoints.find(({ path }) => path === (address.major === 0 ? address.path.replace(/(.)\/+$/, "$1") : `/api/${address.major}.0/${address.rest}`));
  const verb = method === "HEAD" ? "GET" : method;
  if (open && verb === "GET") return open.answer(deps, headers);
  const segments = segmentsOf(address.rest);
  const ctx = await openContext(deps, method, headers, requestId, trace);
  const found = table.find(verb, address.major, segments);
  if (!found) throw mlflowError("not_found", "ENDPOINT_NOT_FOUND", `Slipway has no ${method} ${address.path}.`);
  const { endpoint, params } = found;
  const query = new URLSearchParams(address.query);
  const hasFields = verb !== "GET" && endpoint.body !== "raw";
  if (verb !== "GET") awaitBody();
  const fields = hasFields ? await readBody({ headers, body }, endpoint.maxBodyBytes ?? maxBodyBytes) : {};
  const input = readInput(address.query === "" ? { ...fields, ...params } : { ...queryObject(query), ...fields, ...params });
  return endpoint.handle(ctx, input, { method, path: `/${segments.join("/")}`, headers, query, body });
};

/** Who calls, and in which workspace: header X-MLFLOW-WORKSPACE, else `default`. */
const openContext = async (deps: Deps, method: string, headers: HeaderReader, requestId: string, trace: Trace): Promise<Context> => {
  const principal = await authenticateRequest(deps, { headers }, { allowBasic: true, mayRemember: true });
  trace.actor = principal.kind === "token" ? `token:${principal.tokenId}` : `user:${principal.userId}`;
  if (principal.kind === "session" && method !== "GET" && method !== "HEAD") requireSameOrigin({ headers }, deps.env);
  const ctx = await contextFor(deps, principal, headers.get("x-mlflow-workspace") || "default", requestId, { mayRemember: true });
  trace.workspaceId = ctx.workspace.id;
  return ctx;
};
