import { DossierScreen } from "@/components/governance/dossier-screen";
import { getRequest } from "@/lib/governance/server";
import { orNotFound, pageContext } from "@/lib/http/page";

type Props = { params: Promise<{ workspace: string; request: string }> };

export const generateMetadata = async ({ params }: Props) => ({ title: decodeURIComponent((await params).request) });

export default async function DossierPage({ params }: Props) {
  const { workspace, request } = await params;
  const ctx = await pageContext(workspace);
  const dossier = await orNotFound(getRequest(ctx, decodeURIComponent(request)));
  return <DossierScreen key={dossier.id} workspace={workspace} dossier={dossier} />;
}
