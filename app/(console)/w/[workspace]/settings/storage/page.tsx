import { EmptyState } from "@/components/patterns/states";
import { Page } from "@/components/shell/page";
import { StorageScreen } from "@/components/storage/storage-screen";
import { pageContext } from "@/lib/http/page";
import { can, explainDenial } from "@/lib/identity";
import { describeStorage } from "@/lib/storage/server";

import { settingsTabs } from "../tabs";

export const metadata = { title: "Storage" };

export default async function StoragePage({ params }: { params: Promise<{ workspace: string }> }) {
  const { workspace } = await params;
  const ctx = await pageContext(workspace);
  if (!can(ctx.actor, "artifact:read")) {
    return (
      <Page crumbs={[{ label: "Settings" }, { label: "Storage" }]}>
        <EmptyState kind="forbidden" title="You can't see what is stored">{explainDenial(ctx.actor, "artifact:read")}</EmptyState>
      </Page>
    );
  }
  return <StorageScreen workspace={workspace} tabs={settingsTabs(ctx)} storage={await describeStorage(ctx)} />;
}
