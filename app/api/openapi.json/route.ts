import { webDeps } from "@/lib/http/deps";
import { buildOpenApi } from "@/lib/http/openapi";

import { operations } from "./operations";

export const GET = async (): Promise<Response> => {
  const { env } = await webDeps();
  return Response.json(buildOpenApi(operations, env.publicUrl), { headers: { "cache-control": "public, max-age=60" } });
};
