import { EndpointMonitoringScreen } from "@/components/monitoring/endpoint-monitoring-screen";
import { orNotFound, pageContext } from "@/lib/http/page";
import { can, explainDenial, type Permission } from "@/lib/identity";
import { getHealth } from "@/lib/monitoring/server";

type Props = { params: Promise<{ workspace: string; endpoint: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

export const generateMetadata = async ({ params }: Props) => ({ title: `Monitoring ${decodeURIComponent((await params).endpoint)}` });

export default async function EndpointMonitoringPage({ params, searchParams }: Props) {
  const { workspace, endpoint: encoded } = await params;
  const { env } = await searchParams;
  const ctx = await pageContext(workspace);
  const health = await orNotFound(getHealth(ctx, decodeURIComponent(encoded), typeof env === "string" ? { environment: env } : {}));
  const why = (permission: Permission) => (can(ctx.actor, permission) ? undefined : explainDenial(ctx.actor, permission));
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
