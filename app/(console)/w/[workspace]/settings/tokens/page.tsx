import { TokensScreen } from "@/components/identity/tokens-screen";
import { ForbiddenPage } from "@/components/shell/forbidden-page";
import { formatId } from "@/lib/core/ids";
import { pageContext, pagePerson } from "@/lib/http/page";
import { can, explainDenial } from "@/lib/identity";
import { listTokens } from "@/lib/identity/server";
import { listEndpoints } from "@/lib/serving/server";

import { settingsTabs } from "../tabs";

export const metadata = { title: "Tokens" };

export default async function TokensPage({ params }: { params: Promise<{ workspace: string }> }) {
  const { workspace } = await params;
  const ctx = await pageContext(workspace);
  const tabs = settingsTabs(ctx);
  if (!tabs.includes("tokens") || ctx.actor.kind !== "user") return <ForbiddenPage crumbs={["Settings", "Tokens"]} what="tokens">{explainDenial(ctx.actor, "token:own")}</ForbiddenPage>;
  const endpoints = can(ctx.actor, "endpoint:read") ? (await listEndpoints(ctx, { limit: 200 })).items : [];
  const { publicUrl, gatewayPublicUrl } = ctx.deps.env;
  return (
    <TokensScreen
      workspace={workspace}
      tabs={tabs}
      tokens={await listTokens(ctx, { limit: 50, owner: "all" })}
      ownId={formatId("user", (await pagePerson()).userId)}
      roles={ctx.actor.roles}
      isAdmin={ctx.actor.isAdmin}
      canCreate={can(ctx.actor, "token:own")}
      blocked="An auditor writes nothing, so there is no token to create."
      canRevokeAll={can(ctx.actor, "token:write")}
      endpoints={endpoints.map(({ id, name, environment }) => ({ id, name, environment }))}
      servers={{ console: publicUrl, gateway: gatewayPublicUrl }}
    />
  );
}
