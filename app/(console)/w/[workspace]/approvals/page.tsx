import { ApprovalsScreen } from "@/components/governance/approvals-screen";
import { pageContext } from "@/lib/http/page";
import { listRequests } from "@/lib/governance/server";
import { can, explainDenial } from "@/lib/identity";

export const metadata = { title: "Approvals" };

type Props = { params: Promise<{ workspace: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function ApprovalsPage({ params, searchParams }: Props) {
  const { workspace } = await params;
  const { tab } = await searchParams;
  const ctx = await pageContext(workspace);
  const initial = await listRequests(ctx, { limit: 50, ...(tab === "all" ? {} : tab === "mine" ? { mine: true } : { waiting: true }) });
  return <ApprovalsScreen workspace={workspace} initial={initial} blocked={can(ctx.actor, "request:decide") ? undefined : explainDenial(ctx.actor, "request:decide")} />;
}
