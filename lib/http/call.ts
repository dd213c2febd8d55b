import { type AppError } from "@/lib/core/errors";
import type { Deps } from "@/lib/platform/context";
import { openLogger, unredacted } from "@/lib/platform/log";

import { webDeps } from "./deps";
import { observeCall } from "./metrics";
import { problemResponse, toAppError } from "./problem";
import { requestIdOf } from "./request-id";

/** Ids that the log line of a request carries; filled in while the call finds them out. */
export type Trace = { workspaceId?: string; actor?: string; headers: Record<string, string> };

export type CallNote = { operationId: string; requestId: string; method: string; status: number; startedMs: number; trace: Trace; failure?: AppError | undefined };

/** Counts an answered request and logs one line of ids about it. */
export const noteCall = (deps: Pick<Deps, "log"> | undefined, { operationId, requestId, method, status, startedMs, trace, failure }: CallNote): void => {
  const durationMs = performance.now() - startedMs;
  observeCall(operationId, status, durationMs);
  const { workspaceId, actor } = trace;
  const line = { requestId, operation: operationId, method, status, durationMs: Math.round(durationMs), workspaceId, actor, code: failure?.code };
  const log = deps?.log ?? openLogger("web", "info");
  if (failure && failure.status >= 500) log.error({ ...line, err: failure.cause ?? failure }, "request failed");
  else unredacted(log).info(line, "request");
};

/** Runs one request: gives it an id, turns whatever it throws into a problem document, counts it and logs one line of ids. */
export const runCall = async (operationId: string, request: Request, work: (deps: Deps, requestId: string, trace: Trace) => Promise<Response>): Promise<Response> => {
  const startedMs = performance.now();
  const requestId = requestIdOf(request.headers);
  const trace: Trace = { headers: {} };
  let failure: AppError | undefined;
  let deps: Deps | undefined;
  let response: Response;
  try {
    deps = await webDeps();
    response = await work(deps, requestId, trace);
  } catch (error) {
    failure = toAppError(error);
    response = problemResponse(failure, requestId, trace.headers);
  }
  noteCall(deps, { operationId, requestId, method: request.method, status: response.status, startedMs, trace, failure });
  return response;
};
