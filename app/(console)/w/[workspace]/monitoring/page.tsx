import { FleetScreen } from "@/components/monitoring/fleet-screen";
import { pageContext } from "@/lib/http/page";
import { listFleet } from "@/lib/monitoring/server";

export const metadata = { title: "Monitoring" };

type Props = { params: Promise<{ workspace: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function MonitoringPage({ params, searchParams }: Props) {
  const { workspace } = await params;
  const { env } = await searchParams;
  const environment = typeof env === "string" ? env : "production";
  const { items } = await listFleet(await pageContext(workspace), environment);
  return <FleetScreen key={environment} workspace={workspace} environment={environment} initial={items} />;
}
