import { AppError } from "@/lib/core/errors";
import { runCall } from "@/lib/http/call";
import { isLoopback } from "@/lib/http/client-address";
import { webMetrics } from "@/lib/http/metrics";
import { authenticateRequest, mayReadMetrics } from "@/lib/identity/server";

export const GET = (request: Request): Promise<Response> =>
  runCall("readMetrics", request, async (deps) => {
    const isOpen = isLoopback(request.headers, deps.env) || (await mayReadMetrics(deps, await authenticateRequest(deps, request)));
    if (!isOpen) throw new AppError("forbidden", "identity.forbidden", "Metrics need the scope metrics:read, or a call from this machine.");
    const { registry } = webMetrics();
    return new Response(await registry.metrics(), { headers: { "content-type": registry.contentType, "cache-control": "no-store" } });
  });
