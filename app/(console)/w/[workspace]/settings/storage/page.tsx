import { ForbiddenPage } from "@/components/shell/forbidden-page";
import { StorageScreen } from "@/components/storage/storage-screen";
import { pageContext } from "@/lib/http/page";
import { denialOf } from "@/lib/identity";
import { describeStorage } from "@/lib/storage/server";

import { settingsTabs } from "../tabs";

export const metadata = { title: "Storage" };

export default async function StoragePage({ params }: { params: Promise<{ workspace: string }> }) {
  const { workspace } = await params;
  const ctx = await pageContext(workspace);
  const denied = denialOf(ctx.actor, "artifact:read");
  if (denied !== undefined) return <ForbiddenPage crumbs={["Settings", "Storage"]} what="what is stored">{denied}</ForbiddenPage>;
  return <StorageScreen workspace={workspace} tabs={settingsTabs(ctx)} storage={await describeStorage(ctx)} />;
}
