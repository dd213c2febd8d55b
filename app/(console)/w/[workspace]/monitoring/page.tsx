import { FleetScreen } from "@/components/monitoring/fleet-screen";
import { pageContext, pageEnvironment, type SearchParams } from "@/lib/http/page";
import { listFleet } from "@/lib/monitoring/server";

export const metadata = { title: "Monitoring" };

type Props = { params: Promise<{ workspace: string }>; searchParams: SearchParams };

export default async function MonitoringPage({ params, searchParams }: Props) {
  const { workspace } = await params;
  const environment = await pageEnvironment(searchParams);
  const { items } = await listFleet(await pageContext(workspace), environment);
  return <FleetScreen key={environment} workspace={workspace} environment={environment} initial={items} />;
}
