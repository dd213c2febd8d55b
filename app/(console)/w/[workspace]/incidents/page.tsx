import { IncidentsScreen } from "@/components/incidents/incidents-screen";
import { pageContext, pageEnvironment, type SearchParams } from "@/lib/http/page";
import { listIncidents } from "@/lib/monitoring/server";

export const metadata = { title: "Incidents" };

type Props = { params: Promise<{ workspace: string }>; searchParams: SearchParams };

export default async function IncidentsPage({ params, searchParams }: Props) {
  const { workspace } = await params;
  const environment = await pageEnvironment(searchParams);
  return <IncidentsScreen key={environment} workspace={workspace} environment={environment} initial={await listIncidents(await pageContext(workspace), { environment, limit: 50 })} />;
}
