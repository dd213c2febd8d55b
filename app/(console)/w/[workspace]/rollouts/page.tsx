import { RolloutsScreen } from "@/components/rollouts/rollouts-screen";
import { pageContext, pageEnvironment, type SearchParams } from "@/lib/http/page";
import { listRollouts } from "@/lib/rollouts/server";

export const metadata = { title: "Rollouts" };

type Props = { params: Promise<{ workspace: string }>; searchParams: SearchParams };

export default async function RolloutsPage({ params, searchParams }: Props) {
  const { workspace } = await params;
  const environment = await pageEnvironment(searchParams);
  const ctx = await pageContext(workspace);
  return <RolloutsScreen key={environment} workspace={workspace} environment={environment} initial={await listRollouts(ctx, { environment, limit: 50 })} />;
}
