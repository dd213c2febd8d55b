import { EndpointsScreen } from "@/components/serving/endpoints-screen";
import { pageContext, pageEnvironment, type SearchParams } from "@/lib/http/page";
import { listEndpoints } from "@/lib/serving/server";

import { servingRights } from "./rights";

export const metadata = { title: "Endpoints" };

type Props = { params: Promise<{ workspace: string }>; searchParams: SearchParams };

export default async function EndpointsPage({ params, searchParams }: Props) {
  const { workspace } = await params;
  const environment = await pageEnvironment(searchParams);
  const ctx = await pageContext(workspace);
  return <EndpointsScreen key={environment} workspace={workspace} environment={environment} rights={servingRights(ctx)} initial={await listEndpoints(ctx, { environment, limit: 50 })} gatewayUrl={ctx.deps.env.gatewayPublicUrl} />;
}
