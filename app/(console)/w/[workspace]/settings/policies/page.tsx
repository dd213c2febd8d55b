import { PoliciesScreen } from "@/components/governance/policies-screen";
import { EmptyState } from "@/components/patterns/states";
import { Page } from "@/components/shell/page";
import { getPolicy } from "@/lib/governance/server";
import { pageContext } from "@/lib/http/page";
import { can, explainDenial } from "@/lib/identity";
import { listEnvironments } from "@/lib/serving/server";

import { settingsTabs } from "../tabs";

export const metadata = { title: "Policies" };

export default async function PoliciesPage({ params }: { params: Promise<{ workspace: string }> }) {
  const { workspace } = await params;
  const ctx = await pageContext(workspace);
  if (!can(ctx.actor, "environment:read")) {
    return (
      <Page crumbs={[{ label: "Settings" }, { label: "Policies" }]}>
        <EmptyState kind="forbidden" title="You can't see policies">{explainDenial(ctx.actor, "environment:read")}</EmptyState>
      </Page>
    );
  }
  // Production first: it is what most readers come for.
  const environments = (await listEnvironments(ctx)).toReversed();
  const policies = await Promise.all(environments.map(async ({ name, isProduction }) => ({ policy: await getPolicy(ctx, name), isProduction })));
  return <PoliciesScreen workspace={workspace} tabs={settingsTabs(ctx)} policies={policies} blocked={can(ctx.actor, "policy:write") ? undefined : explainDenial(ctx.actor, "policy:write")} />;
}
