import type { IncomingMessage, ServerResponse } from "node:http";

import { AppError, isAppError } from "@/lib/core/errors";
import { noteCall, type Trace } from "@/lib/http/call";
import { noteRequest, trackDelivery } from "@/lib/http/delivery";
import { webDeps } from "@/lib/http/deps";
import { headersOf, type HeaderReader } from "@/lib/http/headers";
import { type Body, writeAnswer } from "@/lib/http/node-answer";
import { awaitsContinue } from "@/lib/http/node-server";
import { toAppError } from "@/lib/http/problem";
import { requestIdOf } from "@/lib/http/request-id";
import type { Deps } from "@/lib/platform/context";
import { isBadValue } from "@/lib/platform/db";

import type { Address } from "./address";
import { dispatch, findAddress } from "./dispatch";
import { describeError, writeJson } from "./output";
import { Reply } from "./reply";

type Answer = { status: number; fields: string[]; body: Body };

/**
 * Answers a request of MLflow's REST API, artifact proxy or probes on Node's own server, in front of Next; returns false, and does
 * nothing, when the address is none of theirs.
 */
export const answerMlflow = (request: IncomingMessage, response: ServerResponse): boolean => {
  const target = findAddress(request.url ?? "/");
  if (!target) return false;
  noteRequest(request);
  void serve(request, response, target);
  return true;
};

const serve = async (request: IncomingMessage, response: ServerResponse, target: Address): Promise<void> => {
  const startedMs = performance.now();
  const headers = headersOf(request.headers);
  const requestId = requestIdOf(headers);
  const method = request.method ?? "GET";
  const trace: Trace = { headers: {} };
  const operationId = target.rest.startsWith("mlflow-artifacts") ? "mlflowArtifacts" : "mlflow";
  let deps: Deps | undefined;
  let failure: AppError | undefined;
  let answer: Answer;
  try {
    deps = await webDeps();
    const awaitBody = (): void => {
      if (awaitsContinue(request)) response.writeContinue();
    };
    answer = toAnswer(await dispatch(deps, requestId, trace, { method, headers, body: request, target, awaitBody, follow: () => trackDelivery(request, response) }));
  } catch (error) {
    // A refusal in the middle of an upload ends the reading of it too: that is no client who left.
    failure = request.readableAborted && !isAppError(error) ? clientLeft(error) : isBadValue(error) || isTooDeep(error) ? badValue(error) : toAppError(error);
    answer = toFailure(failure, headers);
    // Whoever waits for a go-ahead may or may not send the body now: only a new connection is sure to be understood.
    if (awaitsContinue(request) && !request.readableEnded) answer.fields.push("connection", "close");
  }
  try {
    await writeAnswer(response, answer.status, [...answer.fields, "x-request-id", requestId], answer.body);
  } catch (error) {
    failure ??= response.destroyed || request.destroyed ? clientLeft(error) : toAppError(error);
    response.destroy();
  }
  noteCall(deps, { operationId, requestId, method, status: failure?.status ?? answer.status, startedMs, trace, failure });
};

/** JSON that nests thousands of levels overflows the stack of whatever walks it. */
const isTooDeep = (error: unknown): boolean => error instanceof RangeError && /call stack/i.test(error.message);

/** The last net: a client that sends what no column holds would repeat a 5xx for minutes. */
const badValue = (cause: unknown): AppError => new AppError("invalid", "mlflow.bad_value", "A value of the request can't be stored: it is out of range, not of its type, or nested too deep.", { cause });

/** Nobody hears this answer; it only keeps a broken line from being logged as a fault of ours. */
const clientLeft = (cause: unknown): AppError => new AppError("invalid", "mlflow.client_left", "The client closed the connection before the call was done.", { cause });

const toAnswer = (value: unknown): Answer => {
  if (value instanceof Reply) return { status: value.status, fields: Object.entries(value.headers).flat(), body: value.body };
  return { status: 200, fields: ["content-type", "application/json"], body: writeJson(value ?? {}) };
};

const toFailure = (error: AppError, headers: HeaderReader): Answer => {
  const { status, body } = describeError(error);
  const fields = ["content-type", "application/json"];
  // A browser would answer the challenge with a dialog of its own.
  const isBrowser = headers.get("sec-fetch-site") !== null || (headers.get("accept") ?? "").includes("text/html");
  if (status === 401 && !isBrowser) fields.push("www-authenticate", 'Basic realm="mlflow"');
  if (error.retryAfterSeconds !== undefined) fields.push("retry-after", String(error.retryAfterSeconds));
  return { status, fields, body: JSON.stringify(body) };
};
