import { notFound } from "next/navigation";

import { CompareScreen } from "@/components/registry/compare-screen";
import { orNotFound, pageContext, type SearchParams } from "@/lib/http/page";
import { compareVersions } from "@/lib/registry/server";

type Props = { params: Promise<{ workspace: string; model: string }>; searchParams: SearchParams };

export const generateMetadata = async ({ params }: Props) => ({ title: `Compare versions of ${decodeURIComponent((await params).model)}` });

const numberOf = (value: string | string[] | undefined): number => (typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : notFound());

export default async function ComparePage({ params, searchParams }: Props) {
  const { workspace, model } = await params;
  const { a, b } = await searchParams;
  const ctx = await pageContext(workspace);
  return <CompareScreen workspace={workspace} comparison={await orNotFound(compareVersions(ctx, decodeURIComponent(model), numberOf(a), numberOf(b)))} />;
}
