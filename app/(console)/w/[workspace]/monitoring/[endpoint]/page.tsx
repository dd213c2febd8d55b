import { EndpointMonitoringScreen } from "@/components/monitoring/endpoint-monitoring-screen";
import { orNotFound, pageContext, type SearchParams } from "@/lib/http/page";
import { denialOf, type Permission } from "@/lib/identity";
import { getHealth } from "@/lib/monitoring/server";

type Props = { params: Promise<{ workspace: string; endpoint: string }>; searchParams: SearchParams };

export const generateMetadata = async ({ params }: Props) => ({ title: `Monitoring ${decodeURIComponent((await params).endpoint)}` });

export default async function EndpointMonitoringPage({ params, searchParams }: Props) {
  const { workspace, endpoint: encoded } = await params;
  const { env } = await searchParams;
  const ctx = await pageContext(workspace);
  const health = await orNotFound(getHealth(ctx, decodeURIComponent(encoded), typeof env === "string" ? { environment: env } : {}));
  const why = (permission: Permission) => denialOf(ctx.actor, permission);
  const { name, environment } = health.endpoint;
  return (
    <EndpointMonitoringScreen
      key={`${environment} ${name}`}
      target={{ workspace, environment, endpoint: name }}
      initial={health}
      rights={{ monitor: why("monitor:write"), incident: why("incident:write"), release: why("rollout:execute") }}
    />
  );
}
