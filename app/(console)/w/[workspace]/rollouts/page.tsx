import { RolloutsScreen } from "@/components/rollouts/rollouts-screen";
import { pageContext } from "@/lib/http/page";
import { listRollouts } from "@/lib/rollouts/server";

export const metadata = { title: "Rollouts" };

type Props = { params: Promise<{ workspace: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function RolloutsPage({ params, searchParams }: Props) {
  const { workspace } = await params;
  const { env } = await searchParams;
  const environment = typeof env === "string" ? env : "production";
  const ctx = await pageContext(workspace);
  return <RolloutsScreen key={environment} workspace={workspace} environment={environment} initial={await listRollouts(ctx, { environment, limit: 50 })} />;
}
