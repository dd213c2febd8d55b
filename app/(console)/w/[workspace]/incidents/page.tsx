import { IncidentsScreen } from "@/components/incidents/incidents-screen";
import { pageContext } from "@/lib/http/page";
import { listIncidents } from "@/lib/monitoring/server";

export const metadata = { title: "Incidents" };

type Props = { params: Promise<{ workspace: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function IncidentsPage({ params, searchParams }: Props) {
  const { workspace } = await params;
  const { env } = await searchParams;
  const environment = typeof env === "string" ? env : "production";
  return <IncidentsScreen key={environment} workspace={workspace} environment={environment} initial={await listIncidents(await pageContext(workspace), { environment, limit: 50 })} />;
}
