import type { Instrumentation } from "next";

/** Logs what broke outside the API wrapper (pages, layouts), once, with the request's id; the API wrapper logs its own. */
export const onRequestError: Instrumentation.onRequestError = async (error, request, context) => {
  const { logRequestError } = await import("@/lib/http/request-error");
  await logRequestError(error, request, context.routePath);
};
