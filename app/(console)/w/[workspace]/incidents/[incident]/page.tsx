import { IncidentScreen } from "@/components/incidents/incident-screen";
import { orNotFound, pageContext } from "@/lib/http/page";
import { getIncident } from "@/lib/monitoring/server";

type Props = { params: Promise<{ workspace: string; incident: string }> };

export const generateMetadata = async ({ params }: Props) => ({ title: (await params).incident });

export default async function IncidentPage({ params }: Props) {
  const { workspace, incident } = await params;
  const view = await orNotFound(getIncident(await pageContext(workspace), incident));
  return <IncidentScreen key={view.id} workspace={workspace} initial={view} />;
}
