import { notFound } from "next/navigation";

import { CompareScreen } from "@/components/tracking/compare/compare-screen";
import { orNotFound, pageContext, type SearchParams } from "@/lib/http/page";
import { compareRuns, readExperiment } from "@/lib/tracking/server";
import { maxComparedRuns } from "@/lib/tracking";

import { trackingRights } from "../../rights";

type Props = { params: Promise<{ workspace: string; number: string }>; searchParams: SearchParams };

const numberOf = (text: string): number => (/^\d{1,9}$/.test(text) ? Number(text) : notFound());

export const generateMetadata = async ({ params }: Props) => {
  const { workspace, number } = await params;
  const { name } = await orNotFound(readExperiment(await pageContext(workspace), numberOf(number)));
  return { title: `Compare runs, ${name}` };
};

export default async function ComparePage({ params, searchParams }: Props) {
  const { workspace, number: text } = await params;
  const { runs } = await searchParams;
  const ctx = await pageContext(workspace);
  const { number, name } = await orNotFound(readExperiment(ctx, numberOf(text)));
  const ids = [...new Set((typeof runs === "string" ? runs : "").split(",").filter((id) => /^[0-9a-f]{32}$/.test(id)))].slice(0, maxComparedRuns);
  return <CompareScreen workspace={workspace} experiment={{ number, name }} initial={ids.length > 0 ? await compareRuns(ctx, number, ids) : undefined} rights={trackingRights(ctx)} />;
}
