import { notFound } from "next/navigation";

import { AttachButton, EvidencePanel } from "@/components/governance/evidence-panel";
import { RequestButton } from "@/components/governance/request-button";
import { RequestsPanel } from "@/components/governance/requests-panel";
import { VersionScreen } from "@/components/registry/version-screen";
import { listEvidence } from "@/lib/governance/server";
import { orNotFound, pageContext } from "@/lib/http/page";
import { can, explainDenial, type Permission } from "@/lib/identity";
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
  const blockerOf = (permission: Permission): string | undefined => (can(ctx.actor, permission) ? undefined : explainDenial(ctx.actor, permission));
  const target = { workspace, model, number };
  const blocked = blockerOf("evidence:write");
  return (
    <VersionScreen
      workspace={workspace}
      version={version}
      files={files.items}
      evidence={evidence}
      activity={activity}
      rights={rightsOf(ctx)}
      actions={<RequestButton {...target} blocked={blockerOf("request:create") ?? (version.status === "refused" ? "A refused version can't be promoted." : undefined)} />}
      attach={<AttachButton {...target} blocked={blocked} />}
      rail={<><RequestsPanel {...target} /><EvidencePanel {...target} blocked={blocked} initial={evidence} /></>}
    />
  );
}
