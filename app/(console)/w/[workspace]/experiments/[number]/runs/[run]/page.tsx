import { notFound } from "next/navigation";
import { cache } from "react";

import { RunScreen } from "@/components/tracking/run/run-screen";
import { orNotFound, pageContext } from "@/lib/http/page";
import { readRun } from "@/lib/tracking/server";

import { trackingRights } from "../../../rights";

type Props = { params: Promise<{ workspace: string; number: string; run: string }> };

/** Once a request, for the title and the screen. */
const readOnce = cache(async (workspace: string, runId: string) => orNotFound(readRun(await pageContext(workspace), runId)));

export const generateMetadata = async ({ params }: Props) => {
  const { workspace, run } = await params;
  return { title: (await readOnce(workspace, run)).name };
};

export default async function RunPage({ params }: Props) {
  const { workspace, number, run: runId } = await params;
  const ctx = await pageContext(workspace);
  const run = await readOnce(workspace, runId);
  if (String(run.experiment) !== number) notFound();
  return <RunScreen key={runId} workspace={workspace} run={run} rights={trackingRights(ctx)} mlflowUrl={ctx.deps.env.publicUrl} />;
}
