import { PoliciesScreen } from "@/components/governance/policies-screen";
import { ForbiddenPage } from "@/components/shell/forbidden-page";
import { getPolicy } from "@/lib/governance/server";
import { pageContext } from "@/lib/http/page";
import { denialOf } from "@/lib/identity";
import { listEnvironments } from "@/lib/serving/server";

import { settingsTabs } from "../tabs";

export const metadata = { title: "Policies" };

export default async function PoliciesPage({ params }: { params: Promise<{ workspace: string }> }) {
  const { workspace } = await params;
  const ctx = await pageContext(workspace);
  const denied = denialOf(ctx.actor, "environment:read");
  if (denied !== undefined) return <ForbiddenPage crumbs={["Settings", "Policies"]} what="policies">{denied}</ForbiddenPage>;
  // Production first: it is what most readers come for.
  const environments = (await listEnvironments(ctx)).toReversed();
  const policies = await Promise.all(environments.map(async ({ name, isProduction }) => ({ policy: await getPolicy(ctx, name), isProduction })));
  return <PoliciesScreen workspace={workspace} tabs={settingsTabs(ctx)} policies={policies} blocked={denialOf(ctx.actor, "policy:write")} />;
}
