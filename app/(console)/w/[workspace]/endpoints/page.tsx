import { EndpointsScreen } from "@/components/serving/endpoints-screen";
import { pageContext } from "@/lib/http/page";
import { listEndpoints } from "@/lib/serving/server";

import { servingRights } from "./rights";

export const metadata = { title: "Endpoints" };

type Props = { params: Promise<{ workspace: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function EndpointsPage({ params, searchParams }: Props) {
  const { workspace } = await params;
  const { env } = await searchParams;
  const environment = typeof env === "string" ? env : "production";
  const ctx = await pageContext(workspace);
  return <EndpointsScreen key={environment} workspace={workspace} environment={environment} rights={servingRights(ctx)} initial={await listEndpoints(ctx, { environment, limit: 50 })} gatewayUrl={ctx.deps.env.gatewayPublicUrl} />;
}
