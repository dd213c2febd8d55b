import { notFound } from "next/navigation";

import { AttachButton, EvidencePanel } from "@/components/governance/evidence-panel";
import { RequestButton } from "@/components/governance/request-button";
import { RequestsPanel } from "@/components/governance/requests-panel";
import { PromptScreen } from "@/components/registry/prompt-screen";
import { VersionScreen } from "@/components/registry/version-screen";
import { ServeItPanel } from "@/components/serving/serve-it-panel";
import { listAliasGuards, listEvidence } from "@/lib/governance/server";
import { orNotFound, pageContext } from "@/lib/http/page";
import { can, denialOf, type Permission } from "@/lib/identity";
import { promptOf } from "@/lib/registry";
import { getVersion, listVersionActivity, listVersionFiles, rightsOf } from "@/lib/registry/server";
import { getVersionServing } from "@/lib/serving/server";

type Props = { params: Promise<{ workspace: string; model: string; number: string }>; searchParams: Promise<{ request?: string | string[] }> };

export const generateMetadata = async ({ params }: Pick<Props, "params">) => {
  const { model, number } = await params;
  return { title: `${decodeURIComponent(model)} v${number}` };
};

export default async function VersionPage({ params, searchParams }: Props) {
  const { workspace, model: encoded, number: text } = await params;
  if (!/^\d{1,9}$/.test(text)) notFound();
  const [model, number] = [decodeURIComponent(encoded), Number(text)];
  const ctx = await pageContext(workspace);
  const version = await orNotFound(getVersion(ctx, model, number));
  const prompt = promptOf(version.tags);
  if (prompt) return <PromptScreen workspace={workspace} version={version} prompt={prompt} activity={await listVersionActivity(ctx, model, number, { limit: 50 })} />;
  const { request: asked } = await searchParams;
  const openFor = typeof asked === "string" ? asked : undefined;
  const [files, evidence, activity, serving] = await Promise.all([listVersionFiles(ctx, model, number), listEvidence(ctx, model, number), listVersionActivity(ctx, model, number, { limit: 50 }), can(ctx.actor, "endpoint:read") ? getVersionServing(ctx, model, number) : null]);
  const blockerOf = (permission: Permission): string | undefined => denialOf(ctx.actor, permission);
  const target = { workspace, model, number };
  const blocked = blockerOf("evidence:write");
  const cannotRequest = blockerOf("request:create") ?? (version.status === "refused" ? "A refused version can't be promoted." : undefined);
  return (
    <VersionScreen
      workspace={workspace}
      version={version}
      files={files.items}
      evidence={evidence}
      activity={activity}
      rights={rightsOf(ctx)}
      gatewayUrl={ctx.deps.env.gatewayPublicUrl}
      serve={serving && <ServeItPanel {...target} blocked={blockerOf("endpoint:write")} initial={serving} />}
      aliasGuards={await listAliasGuards(ctx, model, number)}
      actions={<RequestButton {...target} blocked={cannotRequest} openFor={openFor} />}
      request={<RequestButton {...target} blocked={cannotRequest} />}
      attach={<AttachButton {...target} blocked={blocked} />}
      rail={<><RequestsPanel {...target} /><EvidencePanel {...target} blocked={blocked} initial={evidence} /></>}
    />
  );
}
