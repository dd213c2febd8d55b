import { EmptyState } from "@/components/patterns/states";
import { Page } from "@/components/shell/page";
import { WebhooksScreen } from "@/components/webhooks/webhooks-screen";
import { pageContext } from "@/lib/http/page";
import { can, explainDenial } from "@/lib/identity";
import { listWebhooks } from "@/lib/webhooks/server";

import { settingsTabs } from "../tabs";

export const metadata = { title: "Webhooks" };

export default async function WebhooksPage({ params }: { params: Promise<{ workspace: string }> }) {
  const { workspace } = await params;
  const ctx = await pageContext(workspace);
  if (!can(ctx.actor, "webhook:manage")) {
    return (
      <Page crumbs={[{ label: "Settings" }, { label: "Webhooks" }]}>
        <EmptyState kind="forbidden" title="You can't see webhooks">{explainDenial(ctx.actor, "webhook:manage")}</EmptyState>
      </Page>
    );
  }
  return <WebhooksScreen workspace={workspace} tabs={settingsTabs(ctx)} webhooks={await listWebhooks(ctx, { limit: 50 })} />;
}
