import { ForbiddenPage } from "@/components/shell/forbidden-page";
import { WebhooksScreen } from "@/components/webhooks/webhooks-screen";
import { pageContext } from "@/lib/http/page";
import { denialOf } from "@/lib/identity";
import { listWebhooks } from "@/lib/webhooks/server";

import { settingsTabs } from "../tabs";

export const metadata = { title: "Webhooks" };

export default async function WebhooksPage({ params }: { params: Promise<{ workspace: string }> }) {
  const { workspace } = await params;
  const ctx = await pageContext(workspace);
  const denied = denialOf(ctx.actor, "webhook:manage");
  if (denied !== undefined) return <ForbiddenPage crumbs={["Settings", "Webhooks"]} what="webhooks">{denied}</ForbiddenPage>;
  return <WebhooksScreen workspace={workspace} tabs={settingsTabs(ctx)} webhooks={await listWebhooks(ctx, { limit: 50 })} />;
}
