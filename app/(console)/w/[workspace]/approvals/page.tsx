import { ApprovalsScreen } from "@/components/governance/approvals-screen";
import { pageContext, type SearchParams } from "@/lib/http/page";
import { listRequests } from "@/lib/governance/server";
import { denialOf } from "@/lib/identity";

export const metadata = { title: "Approvals" };

type Props = { params: Promise<{ workspace: string }>; searchParams: SearchParams };

export default async function ApprovalsPage({ params, searchParams }: Props) {
  const { workspace } = await params;
  const { tab } = await searchParams;
  const ctx = await pageContext(workspace);
  const initial = await listRequests(ctx, { limit: 50, ...(tab === "all" ? {} : tab === "mine" ? { mine: true } : { waiting: true }) });
  return <ApprovalsScreen workspace={workspace} initial={initial} blocked={denialOf(ctx.actor, "request:decide")} />;
}
