import { notFound } from "next/navigation";

import { RunScreen } from "@/components/tracking/run/run-screen";
import { orNotFound, pageContext } from "@/lib/http/page";
import { readRun } from "@/lib/tracking/server";

import { trackingRights } from "../../../rights";

type Props = { params: Promise<{ workspace: string; number: string; run: string }> };

export const generateMetadata = async ({ params }: Props) => {
  const { workspace, run } = await params;
  return { title: (await orNotFound(readRun(await pageContext(workspace), run))).name };
};

export default async function RunPage({ params }: Props) {
  const { workspace, number, run: runId } = await params;
  const ctx = await pageContext(workspace);
  const run = await orNotFound(readRun(ctx, runId));
  if (String(run.experiment) !== number) notFound();
  return <RunScreen key={runId} workspace={workspace} run={run} rights={trackingRights(ctx)} mlflowUrl={ctx.deps.env.publicUrl} />;
}
