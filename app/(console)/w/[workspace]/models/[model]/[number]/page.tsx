import { notFound } from "next/navigation";

import { VersionScreen } from "@/components/registry/version-screen";
import { listEvidence } from "@/lib/governance/server";
import { orNotFound, pageContext } from "@/lib/http/page";
import { getVersion, listVersionActivity, listVersionFiles, rightsOf } from "@/lib/registry/server";

type Props = { params: Promise<{ workspace: string; model: string; number: string }> };

export const generateMetadata = async ({ params }: Props) => {
  const { model, number } = await params;
  return { title: `${decodeURIComponent(model)} v${number}` };
};

export default async function VersionPage({ params }: Props) {
  const { workspace, model: encoded, number: text } = await params;
  if (!/^\d{1,9}$/.test(text)) notFound();
  const [model, number] = [decodeURIComponent(encoded), Number(text)];
  const ctx = await pageContext(workspace);
  const version = await orNotFound(getVersion(ctx, model, number));
  const [files, evidence, activity] = await Promise.all([listVersionFiles(ctx, model, number), listEvidence(ctx, model, number), listVersionActivity(ctx, model, number, { limit: 50 })]);
  return <VersionScreen workspace={workspace} version={version} files={files.items} evidence={evidence} activity={activity} rights={rightsOf(ctx)} />;
}
