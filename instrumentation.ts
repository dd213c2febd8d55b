import type { Instrumentation } from "next";

/**
 * Logs what broke outside the API wrapper (pages, layouts), once, with the request's id; the API wrapper logs its own.
 * Next replaces NEXT_RUNTIME at build time, which keeps Node's modules out of its edge bundle.
 */
export const onRequestError: Instrumentation.onRequestError = async (error, request, context) => {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { logRequestError } = await import("@/lib/http/request-error");
    await logRequestError(error, request, context.routePath);
  }
};
