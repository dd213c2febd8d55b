import { clientAddress } from "@/lib/http/client-address";
import type { Delivery } from "@/lib/http/delivery";
import type { HeaderReader } from "@/lib/http/headers";
import type { Trace } from "@/lib/http/call";
import { requireSameOrigin } from "@/lib/http/same-origin";
import { authenticateRequest, contextFor, type Principal } from "@/lib/identity/server";
import type { Deps } from "@/lib/platform/context";

import { mlflowError } from "../errors";
import { type Address, queryObject, readAddress, segmentsOf } from "./address";
import { artifactEndpoints } from "./artifacts";
import { readBody } from "./body";
import type { Call, Endpoint } from "./endpoint";
import { absentEndpoints } from "./endpoints-absent";
import { artifactDoorEndpoints } from "./endpoints-artifact-doors";
import { directEndpoints } from "./endpoints-direct";
import { assessmentEndpoints } from "./endpoints-assessments";
import { historyEndpoints } from "./endpoints-history";
import { loggedModelEndpoints } from "./endpoints-logged-models";
import { oldTraceEndpoints } from "./endpoints-old-traces";
import { openEndpoints } from "./endpoints-open";
import { otlpEndpoints } from "./endpoints-otlp";
import { modelEndpoints, versionEndpoints } from "./endpoints-registry";
import { traceEndpoints } from "./endpoints-traces";
import { experimentEndpoints, runEndpoints } from "./endpoints-tracking";
import { userEndpoints } from "./endpoints-users";
import { transitionEndpoints } from "./endpoints-transitions";
import { webhookEndpoints } from "./endpoints-webhooks";
import { workspaceEndpoints } from "./endpoints-workspaces";
import { readInput } from "./input";
import { openTable } from "./table";

const maxBodyBytes = 20_000_000;

/** Every call of the wire that happens in a workspace. */
export const endpoints: readonly Endpoint[] = [
  ...experimentEndpoints,
  ...runEndpoints,
  ...artifactEndpoints,
  ...directEndpoints,
  ...artifactDoorEndpoints,
  ...historyEndpoints,
  ...loggedModelEndpoints,
  ...modelEndpoints,
  ...versionEndpoints,
  ...webhookEndpoints,
  ...transitionEndpoints,
  ...traceEndpoints,
  ...oldTraceEndpoints,
  ...assessmentEndpoints,
  ...otlpEndpoints,
  ...userEndpoints,
  ...absentEndpoints,
];

const table = openTable(endpoints);
const outside = openTable(workspaceEndpoints);
const openAddresses = new Set(openEndpoints.map(({ path }) => path));

/** The part of MLflow's wire that an address means, or undefined when it is none of it. */
export const findAddress = (target: string): Address | undefined => readAddress(target, (path) => table.ownsRoot(path) || openAddresses.has(path));

type Incoming = Pick<Call, "method" | "headers" | "body"> & { target: Address; follow: () => Delivery; awaitBody: () => void };

/** Answers a request: a value to be written as JSON, or a Reply. Raises AppErrors. `trace` learns who called, and where. */
export const dispatch = async (deps: Deps, requestId: string, trace: Trace, { method, headers, body, target, follow, awaitBody }: Incoming): Promise<unknown> => {
  const open = openEndpoints.find(({ path }) => path === (target.major === 0 ? `/${target.rest}` : `/api/${target.major}.0/${target.rest}`));
  const verb = method === "HEAD" ? "GET" : method;
  if (open && verb === "GET") return open.answer(deps, headers);
  const segments = segmentsOf(target.rest);
  const principal = await identify(deps, method, headers, trace);
  const query = new URLSearchParams(target.query);
  const read = async (params: Record<string, string>, { maxBodyBytes: maxBytes = maxBodyBytes, body: kind, keepsLongs = false }: Pick<Endpoint, "maxBodyBytes" | "body" | "keepsLongs">) => {
    // MLflow reads the fields of a GET without parameters from its body, and scripts by hand (curl -X GET -d) rely on that.
    const mayHaveBody = verb !== "GET" || target.query === "";
    if (mayHaveBody) awaitBody();
    const fields = mayHaveBody && kind !== "raw" ? await readBody({ headers, body, isTypeFree: verb === "GET", keepsLongs }, maxBytes) : {};
    return { fields, input: readInput(target.query === "" ? { ...fields, ...params } : { ...queryObject(query), ...fields, ...params }) };
  };
  const about = outside.find(verb, target.major, segments);
  if (about) return about.endpoint.handle({ deps, principal, requestId }, (await read(about.params, {})).input);
  const ctx = await contextFor(deps, principal, headers.get("x-mlflow-workspace") || "default", requestId, { mayRemember: true });
  trace.workspaceId = ctx.workspace.id;
  const found = table.find(verb, target.major, segments);
  if (!found) throw mlflowError("not_found", "ENDPOINT_NOT_FOUND", `Slipway has no ${method} ${target.path}.`);
  const { endpoint, params } = found;
  const { fields, input } = await read(params, endpoint);
  return endpoint.handle(ctx, input, { method, path: `/${segments.join("/")}${target.path.endsWith("/") ? "/" : ""}`, headers, query, body, fields, address: clientAddress(headers, deps.env), follow });
};

/** Who calls. In which workspace says the header X-MLFLOW-WORKSPACE, else it is `default`. */
const identify = async (deps: Deps, method: string, headers: HeaderReader, trace: Trace): Promise<Principal> => {
  const principal = await authenticateRequest(deps, { headers }, { allowBasic: true, mayRemember: true });
  trace.actor = principal.kind === "token" ? `token:${principal.tokenId}` : `user:${principal.userId}`;
  if (principal.kind === "session" && method !== "GET" && method !== "HEAD") requireSameOrigin({ headers }, deps.env);
  return principal;
};
