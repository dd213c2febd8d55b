import type { z } from "zod";

import { isAppError } from "@/lib/core/errors";
import { authorize, can } from "@/lib/identity";
import { authenticateRequest, contextFor, type Principal } from "@/lib/identity/server";
import type { Context, Deps } from "@/lib/platform/context";

import { recordDenial } from "./denials";
import { parseJson, parsePart, queryOf, readJsonText } from "./body";
import { runCall, type Trace } from "./call";
import { clientAddress } from "./client-address";
import { type Answer, once } from "./idempotency";
import type { Operation } from "./operation";
import { takeRate } from "./rate-limit";
import { requireSameOrigin } from "./same-origin";

type PathParams = Record<string, string | string[] | undefined>;
type RouteHandler = (request: Request, context: { params: Promise<PathParams> }) => Promise<Response>;
type Schemas<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = { params: z.output<P>; query: z.output<Q>; body: z.output<B>; request: Request; requestId: string };

export type Call<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = Schemas<P, Q, B> & { ctx: Context };
export type PersonCall<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = Schemas<P, Q, B> & { deps: Deps; principal: Principal };
export type PublicCall<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = Schemas<P, Q, B> & { deps: Deps };

const isChange = (operation: Operation): boolean => operation.method !== "GET";

/** A call inside a workspace: authenticated, a member of it (else 404), rate-limited, parsed, idempotent, answered through the schema. */
export const route = <P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  operation: Operation<P, Q, B, R>,
  handler: (call: Call<P, Q, B>) => Promise<z.input<R>>,
): RouteHandler =>
  inWorkspace(operation, async (ctx, request, params, trace) => {
    const parts = parseAddress(operation, request, params);
    const text = operation.body ? await readJsonText(request, operation.maxBodyBytes) : "";
    const body = parsePart(operation.body, operation.body ? parseJson(text) : undefined, "body");
    const work = async (): Promise<Answer> => answerOf(operation, await handler({ ctx, ...parts, body, request, requestId: ctx.requestId }));
    const key = isChange(operation) ? request.headers.get("idempotency-key") : null;
    if (key === null) return respond(await work(), ctx.requestId, trace.headers);
    const answer = await once(ctx, { key, operation: operation.id, request: `${new URL(request.url).pathname}\n${text}` }, work);
    return respond(answer, ctx.requestId, { ...trace.headers, ...(answer.replayed ? { "idempotency-replayed": "true" } : {}) });
  });

/** A call inside a workspace that streams: the handler reads `request.body` itself and returns the whole Response. */
export const streamRoute = <P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  operation: Operation<P, Q, B, R>,
  handler: (call: Omit<Call<P, Q, B>, "body">) => Promise<Response>,
): RouteHandler =>
  inWorkspace(operation, async (ctx, request, params, trace) => {
    const response = await handler({ ctx, ...parseAddress(operation, request, params), request, requestId: ctx.requestId });
    return withHeaders(response, ctx.requestId, trace.headers);
  });

/** A call outside workspaces by someone who is signed in or sends a token. */
export const personRoute = <P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  operation: Operation<P, Q, B, R>,
  handler: (call: PersonCall<P, Q, B>) => Promise<z.input<R>>,
): RouteHandler =>
  (request, context) => runCall(operation.id, request, async (deps, requestId, trace) => {
    const principal = await identify(deps, request, operation, trace);
    const call = await parseAll(operation, request, await context.params);
    return respond(answerOf(operation, await handler({ deps, principal, ...call, request, requestId })), requestId, trace.headers);
  });

/** A call that anyone may send; limited by address. */
export const publicRoute = <P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  operation: Operation<P, Q, B, R>,
  handler: (call: PublicCall<P, Q, B>) => Promise<z.input<R>>,
): RouteHandler =>
  (request, context) => runCall(operation.id, request, async (deps, requestId, trace) => {
    Object.assign(trace.headers, takeRate(`ip:${clientAddress(request.headers, deps.env)}`, rateClassOf(operation), Date.now()));
    if (isChange(operation)) requireSameOrigin(request, deps.env);
    const call = await parseAll(operation, request, await context.params);
    return respond(answerOf(operation, await handler({ deps, ...call, request, requestId })), requestId, trace.headers);
  });

const inWorkspace = (operation: Operation, work: (ctx: Context, request: Request, params: PathParams, trace: Trace) => Promise<Response>): RouteHandler =>
  (request, context) => runCall(operation.id, request, async (deps, requestId, trace) => {
    const principal = await identify(deps, request, operation, trace);
    const { workspace, ...params } = await context.params;
    const ctx = await contextFor(deps, principal, typeof workspace === "string" ? workspace : "", requestId);
    trace.workspaceId = ctx.workspace.id;
    try {
      requireAnyOf(ctx, operation);
      return await work(ctx, request, params, trace);
    } catch (error) {
      if (isAppError(error) && error.kind === "forbidden") await recordDenial(ctx, operation.id, error);
      throw error;
    }
  });

/** Refuses before anything is read what the service would refuse anyway. */
const requireAnyOf = (ctx: Context, { permission }: Operation): void => {
  const rights = permission === undefined ? [] : [permission].flat();
  const [first] = rights;
  if (first && !rights.some((right) => can(ctx.actor, right))) authorize(ctx, first);
};

const identify = async (deps: Deps, request: Request, operation: Operation, trace: Trace): Promise<Principal> => {
  const principal = await authenticateRequest(deps, request);
  trace.actor = principal.kind === "token" ? `token:${principal.tokenId}` : `user:${principal.userId}`;
  Object.assign(trace.headers, takeRate(trace.actor, rateClassOf(operation), Date.now()));
  if (principal.kind === "session" && isChange(operation)) requireSameOrigin(request, deps.env);
  return principal;
};

const rateClassOf = (operation: Operation) => operation.rateClass ?? (isChange(operation) ? "write" : "read");

const parseAddress = <P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(operation: Operation<P, Q, B, R>, request: Request, params: PathParams) => ({
  params: parsePart(operation.params, params, "path"),
  query: parsePart(operation.query, queryOf(new URL(request.url)), "query"),
});

const parseAll = async <P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(operation: Operation<P, Q, B, R>, request: Request, params: PathParams) => ({
  ...parseAddress(operation, request, params),
  body: parsePart(operation.body, operation.body ? parseJson(await readJsonText(request, operation.maxBodyBytes)) : undefined, "body"),
});

const answerOf = (operation: Operation, result: unknown): Answer =>
  operation.response ? { status: operation.status ?? 200, text: JSON.stringify(operation.response.parse(result)) } : { status: operation.status ?? 204, text: null };

const respond = ({ status, text }: Answer, requestId: string, headers: Record<string, string>): Response =>
  new Response(text, { status, headers: { ...(text === null ? {} : { "content-type": "application/json" }), "cache-control": "private, no-store", "x-request-id": requestId, ...headers } });

const withHeaders = (response: Response, requestId: string, headers: Record<string, string>): Response => {
  const all = new Headers(response.headers);
  if (!all.has("cache-control")) all.set("cache-control", "private, no-store");
  for (const [name, value] of Object.entries({ "x-request-id": requestId, ...headers })) all.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers: all });
};
