import { ModelScreen } from "@/components/registry/model-screen";
import { orNotFound, pageContext } from "@/lib/http/page";
import { getModel, listModelVersions, rightsOf } from "@/lib/registry/server";

type Props = { params: Promise<{ workspace: string; model: string }> };

export const generateMetadata = async ({ params }: Props) => ({ title: decodeURIComponent((await params).model) });

export default async function ModelPage({ params }: Props) {
  const { workspace, model: encoded } = await params;
  const name = decodeURIComponent(encoded);
  const ctx = await pageContext(workspace);
  const model = await orNotFound(getModel(ctx, name));
  return <ModelScreen workspace={workspace} model={model} versions={await listModelVersions(ctx, name, { limit: 50 })} rights={rightsOf(ctx)} />;
}
