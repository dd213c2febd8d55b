import { STATUS_CODES } from "node:http";

import type { z } from "zod";

import { AppError, type InvalidParam, isAppError } from "@/lib/core/errors";
import { isDatabaseTooSlow, isDatabaseUnavailable } from "@/lib/platform/db";

/** Turns anything thrown into the failure that callers see; what isn't expected becomes an internal error that says nothing. */
export const toAppError = (error: unknown): AppError => {
  if (isAppError(error)) return error;
  if (isDatabaseUnavailable(error)) {
    return new AppError("unavailable", "db.unavailable", "The database doesn't answer. Try again in a few seconds.", { cause: error, retryAfterSeconds: 5 });
  }
  if (isDatabaseTooSlow(error)) {
    return new AppError("unavailable", "db.too_slow", "The database took too long over this, so that nothing of it was done. Try again in a few seconds; if it happens again, ask for less at once.", { cause: error, retryAfterSeconds: 5 });
  }
  return new AppError("internal", "http.internal", "Something broke on our side. The request id finds it in the log.", { cause: error });
};

/** Writes a failure as a problem document (RFC 9457) with `code`, `requestId` and, for bad input, `invalidParams`. */
export const problemResponse = (error: AppError, requestId: string, headers: Record<string, string> = {}): Response => {
  const { status, code, details, invalidParams, retryAfterSeconds } = error;
  const detail = status === 500 ? "Something broke on our side. The request id finds it in the log." : error.message;
  const document = { ...(status === 500 ? {} : details), type: "about:blank", title: STATUS_CODES[status] ?? "Error", status, detail, code, requestId, ...(invalidParams.length > 0 ? { invalidParams } : {}) };
  return new Response(JSON.stringify(document), {
    status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "private, no-store",
      "x-request-id": requestId,
      ...(status === 401 ? { "www-authenticate": 'Bearer realm="slipway"' } : {}),
      ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
      ...headers,
    },
  });
};

/** Lists every problem that a schema found, one entry a field. */
export const invalidParamsOf = (error: z.ZodError): InvalidParam[] =>
  error.issues.flatMap((issue) => {
    const name = issue.path.map(String).join(".");
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => ({ name: name === "" ? key : `${name}.${key}`, reason: "is not a field of this call", code: "unknown_field" }));
    return [{ name, reason: issue.message, code: issue.code }];
  });
