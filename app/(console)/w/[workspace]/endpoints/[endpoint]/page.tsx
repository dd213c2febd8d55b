import { EndpointScreen } from "@/components/serving/endpoint-screen";
import { orNotFound, pageContext, type SearchParams } from "@/lib/http/page";
import { getVersion } from "@/lib/registry/server";
import { listRollouts } from "@/lib/rollouts/server";
import { getEndpoint, listDeployments, listRoutes } from "@/lib/serving/server";

import { servingRights } from "../rights";

type Props = { params: Promise<{ workspace: string; endpoint: string }>; searchParams: SearchParams };

export const generateMetadata = async ({ params }: Props) => ({ title: decodeURIComponent((await params).endpoint) });

export default async function EndpointPage({ params, searchParams }: Props) {
  const { workspace, endpoint: encoded } = await params;
  const { env } = await searchParams;
  const ctx = await pageContext(workspace);
  const endpoint = await orNotFound(getEndpoint(ctx, decodeURIComponent(encoded), typeof env === "string" ? env : undefined));
  const [routes, deployments, active, serving] = await Promise.all([
    listRoutes(ctx, endpoint.id, undefined, { limit: 20 }),
    listDeployments(ctx, endpoint.id, undefined, { limit: 50 }),
    listRollouts(ctx, { endpoint: endpoint.id, state: "active", limit: 1 }),
    endpoint.stable ? getVersion(ctx, endpoint.model, endpoint.stable.number) : undefined,
  ]);
  return <EndpointScreen key={endpoint.id} workspace={workspace} endpoint={endpoint} routes={routes} deployments={deployments} active={active.items[0] ?? null} signature={serving?.signature ?? null} rights={servingRights(ctx)} />;
}
