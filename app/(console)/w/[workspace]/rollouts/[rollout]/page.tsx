import { RolloutScreen } from "@/components/rollouts/rollout-screen";
import { orNotFound, pageContext } from "@/lib/http/page";
import { getRollout, listVerdicts } from "@/lib/rollouts/server";

type Props = { params: Promise<{ workspace: string; rollout: string }> };

export const generateMetadata = async ({ params }: Props) => {
  const { workspace, rollout } = await params;
  const { endpoint, to } = await orNotFound(getRollout(await pageContext(workspace), rollout));
  return { title: `Rollout ${endpoint} v${to}` };
};

export default async function RolloutPage({ params }: Props) {
  const { workspace, rollout } = await params;
  const ctx = await pageContext(workspace);
  const view = await orNotFound(getRollout(ctx, rollout));
  return <RolloutScreen workspace={workspace} rollout={view} verdicts={await listVerdicts(ctx, rollout)} />;
}
