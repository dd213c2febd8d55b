import { z } from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponseObject } from "zod-openapi";

import { isObject } from "@/lib/core/json";

import type { Operation } from "./operation";

const problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().meta({ description: "What happened and what to do." }),
    code: z.string().meta({ description: "Stable name of the problem, such as rollout.endpoint_busy." }),
    requestId: z.string(),
    invalidParams: z.array(z.object({ name: z.string(), reason: z.string(), code: z.string().optional() })).optional(),
  })
  .meta({ id: "Problem", description: "Problem document, RFC 9457." });

const isOperation = (value: unknown): value is Operation => isObject(value) && typeof value["id"] === "string" && typeof value["method"] === "string" && typeof value["path"] === "string" && typeof value["summary"] === "string";

/** Finds the operations among the exports of slices, each once. */
export const collectOperations = (slices: readonly Record<string, unknown>[]): Operation[] => {
  const found = slices.flatMap((slice) => Object.values(slice)).flat().filter(isOperation);
  return [...new Map(found.map((operation) => [operation.id, operation])).values()];
};

const objectOf = (schema: z.ZodType | undefined): z.ZodObject | undefined => (schema instanceof z.ZodObject ? schema : undefined);
const workspace = z.object({ workspace: z.string().meta({ description: "Name of the workspace.", example: "default" }) });
const bytes = (mediaType: string) => ({ [mediaType]: { schema: { type: "string" as const, format: "binary" } } });

const answerOf = ({ response, streams }: Operation): ZodOpenApiResponseObject => {
  const headers = { "x-request-id": { schema: { type: "string" as const }, description: "Finds the request in the log." } };
  if (streams?.response) return { description: "The bytes.", headers, content: bytes(streams.response) };
  return response ? { description: "Done.", headers, content: { "application/json": { schema: response } } } : { description: "Done.", headers };
};

const describeOperation = (operation: Operation): ZodOpenApiOperationObject => {
  const { id, summary, permission, path, params, query, body, response, streams, status } = operation;
  const inWorkspace = path.startsWith("/w/{workspace}");
  const pathParams = inWorkspace ? workspace.extend(objectOf(params)?.shape ?? {}) : objectOf(params);
  const queryParams = objectOf(query);
  const requestBody = streams?.request ? { content: bytes(streams.request) } : body ? { content: { "application/json": { schema: body } } } : undefined;
  const success = String(status ?? (response || streams?.response ? 200 : 204));
  return {
    operationId: id,
    summary,
    ...(permission ? { description: `Needs the right ${[permission].flat().map((right) => `\`${right}\``).join(" or ")}.` } : {}),
    tags: [path.replace("/w/{workspace}", "").split("/")[1] ?? "me"],
    requestParams: { ...(pathParams ? { path: pathParams } : {}), ...(queryParams ? { query: queryParams } : {}) },
    ...(requestBody ? { requestBody } : {}),
    responses: { [success as "200"]: answerOf(operation), default: { description: "Not done.", content: { "application/problem+json": { schema: problem } } } },
  };
};

/** Builds the OpenAPI 3.1 document of the Slipway API from its operations. */
export const buildOpenApi = (operations: readonly Operation[], serverUrl: string) => {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const operation of operations) (paths[operation.path] ??= {})[operation.method.toLowerCase()] = describeOperation(operation);
  return createDocument({
    openapi: "3.1.1",
    info: { title: "Slipway API", version: "1", description: "Lists take `limit` and `cursor` and give `nextCursor`. Changes take `Idempotency-Key`, kept 24 hours. Errors are problem documents with a stable `code`." },
    servers: [{ url: `${serverUrl.replace(/\/$/, "")}/api/slipway/v1` }],
    security: [{ token: [] }, { session: [] }],
    components: { securitySchemes: { token: { type: "http", scheme: "bearer", description: "API token, slp_…" }, session: { type: "apiKey", in: "cookie", name: "slipway.session" } } },
    paths,
  });
};
