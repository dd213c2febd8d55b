import { ExperimentsScreen } from "@/components/tracking/experiments-screen";
import { pageContext } from "@/lib/http/page";
import { listExperiments } from "@/lib/tracking/server";

import { trackingRights } from "./rights";

export const metadata = { title: "Experiments" };

type Props = { params: Promise<{ workspace: string }> };

export default async function ExperimentsPage({ params }: Props) {
  const { workspace } = await params;
  const ctx = await pageContext(workspace);
  return <ExperimentsScreen workspace={workspace} initial={await listExperiments(ctx, { stage: "active", limit: 50 })} rights={trackingRights(ctx)} mlflowUrl={ctx.deps.env.publicUrl} />;
}
