import { notFound } from "next/navigation";
import { cache } from "react";

import { RunsScreen } from "@/components/tracking/runs/runs-screen";
import { readRunsState, stateFromSearch } from "@/components/tracking/runs/runs-state";
import { isAppError } from "@/lib/core/errors";
import { orNotFound, pageContext, type SearchParams } from "@/lib/http/page";
import { countRuns, listRunKeys, listRuns, readExperiment } from "@/lib/tracking/server";

import { trackingRights } from "../rights";

type Props = { params: Promise<{ workspace: string; number: string }>; searchParams: SearchParams };

const firstPage = 100;
const numberOf = (text: string): number => (/^\d{1,9}$/.test(text) ? Number(text) : notFound());

/** Once a request, for the title and the screen. */
const readOnce = cache(async (workspace: string, number: number) => orNotFound(readExperiment(await pageContext(workspace), number)));

export const generateMetadata = async ({ params }: Props) => {
  const { workspace, number } = await params;
  const { name } = await readOnce(workspace, numberOf(number));
  return { title: `${name}, runs` };
};

export default async function RunsPage({ params, searchParams }: Props) {
  const { workspace, number: text } = await params;
  const number = numberOf(text);
  const ctx = await pageContext(workspace);
  const experiment = await readOnce(workspace, number);
  const keys = await listRunKeys(ctx, number);
  const { query } = readRunsState(stateFromSearch(await searchParams), keys);
  const read = async () => {
    const { direction = "desc", ...rest } = query;
    const [page, count] = await Promise.all([listRuns(ctx, number, { ...rest, direction, limit: firstPage }), countRuns(ctx, number, { ...rest, nested: "flat" })]);
    return { query, page, count };
  };
  // A filter that is wrong is told at its field, by the screen's own reading of it.
  const initial = await read().catch((error: unknown) => {
    if (isAppError(error) && error.kind === "invalid") return undefined;
    throw error;
  });
  return <RunsScreen workspace={workspace} experiment={experiment} keys={keys} initial={initial} rights={trackingRights(ctx)} mlflowUrl={ctx.deps.env.publicUrl} />;
}
