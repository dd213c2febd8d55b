import * as artifacts from "@/lib/artifacts";
import * as audit from "@/lib/audit";
import * as governance from "@/lib/governance";
import { webDeps } from "@/lib/http/deps";
import { buildOpenApi, collectOperations } from "@/lib/http/openapi";
import * as identity from "@/lib/identity";
import * as inference from "@/lib/inference";
import * as registry from "@/lib/registry";
import * as rollouts from "@/lib/rollouts";
import * as serving from "@/lib/serving";

export const GET = async (): Promise<Response> => {
  const { env } = await webDeps();
  const operations = collectOperations([identity, artifacts, registry, governance, serving, rollouts, inference, audit]);
  return Response.json(buildOpenApi(operations, env.publicUrl), { headers: { "cache-control": "public, max-age=60" } });
};
