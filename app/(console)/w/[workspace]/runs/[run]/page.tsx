import { redirect } from "next/navigation";

import { runHref } from "@/components/tracking/queries";
import { orNotFound, pageContext } from "@/lib/http/page";
import { readRun } from "@/lib/tracking/server";

type Props = { params: Promise<{ workspace: string; run: string }> };

/** Leads to the page of a run for those who know its id alone. */
export default async function RunByIdPage({ params }: Props) {
  const { workspace, run: runId } = await params;
  const { experiment } = await orNotFound(readRun(await pageContext(workspace), runId));
  redirect(runHref(workspace, experiment, runId));
}
