import { RuntimesScreen } from "@/components/serving/runtimes-screen";
import { EmptyState } from "@/components/patterns/states";
import { Page } from "@/components/shell/page";
import { pageContext } from "@/lib/http/page";
import { can, explainDenial } from "@/lib/identity";
import { listRuntimes } from "@/lib/serving/server";

import { settingsTabs } from "../tabs";

export const metadata = { title: "Runtimes" };

export default async function RuntimesPage({ params }: { params: Promise<{ workspace: string }> }) {
  const { workspace } = await params;
  const ctx = await pageContext(workspace);
  if (!can(ctx.actor, "endpoint:read")) {
    return (
      <Page crumbs={[{ label: "Settings" }, { label: "Runtimes" }]}>
        <EmptyState kind="forbidden" title="You can't see runtimes">{explainDenial(ctx.actor, "endpoint:read")}</EmptyState>
      </Page>
    );
  }
  return <RuntimesScreen workspace={workspace} tabs={settingsTabs(ctx)} initial={await listRuntimes(ctx)} blocked={can(ctx.actor, "endpoint:write") ? undefined : explainDenial(ctx.actor, "endpoint:write")} />;
}
