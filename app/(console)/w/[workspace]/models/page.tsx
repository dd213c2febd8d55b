import { ModelsScreen } from "@/components/registry/models-screen";
import { pageContext, type SearchParams } from "@/lib/http/page";
import { listModels, listVersions, rightsOf } from "@/lib/registry/server";

export const metadata = { title: "Models" };

type Props = { params: Promise<{ workspace: string }>; searchParams: SearchParams };

export default async function ModelsPage({ params, searchParams }: Props) {
  const { workspace } = await params;
  const ctx = await pageContext(workspace);
  const { view } = await searchParams;
  const models = await listModels(ctx, { limit: 50 });
  const versions = view === "versions" ? await listVersions(ctx, { limit: 50 }) : undefined;
  const prompts = view === "prompts" ? await listModels(ctx, { kind: "prompt", limit: 50 }) : undefined;
  return <ModelsScreen workspace={workspace} rights={rightsOf(ctx)} models={models} versions={versions} prompts={prompts} mlflowUrl={ctx.deps.env.publicUrl} />;
}
