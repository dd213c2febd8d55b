import { messageOf } from "@/lib/core/errors";
import { webDeps } from "@/lib/http/deps";
import { checkReadiness, type Readiness } from "@/lib/http/health";

export const GET = async (): Promise<Response> => {
  const readiness = await webDeps()
    .then(checkReadiness)
    .catch((error: unknown): Readiness => ({ ready: false, checks: [{ name: "settings", ok: false, detail: messageOf(error) }] }));
  return Response.json(readiness, { status: readiness.ready ? 200 : 503, headers: { "cache-control": "no-store" } });
};
