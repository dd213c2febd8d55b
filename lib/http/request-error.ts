import { isAppError } from "@/lib/core/errors";

import { webDeps } from "./deps";
import { requestIdOf } from "./request-id";

type FailedRequest = { path: string; method: string; headers: Record<string, string | string[] | undefined> };

/** Logs an unexpected failure of a page with the request's id; expected refusals are shown, not logged. */
export const logRequestError = async (error: unknown, { path, method, headers }: FailedRequest, route: string): Promise<void> => {
  if (isAppError(error) && error.status < 500) return;
  const { log } = await webDeps();
  const given = headers["x-request-id"];
  const requestId = requestIdOf(new Headers(typeof given === "string" ? { "x-request-id": given } : {}));
  log.error({ err: error, requestId, method, path: path.split("?")[0], route }, "a page failed");
};
