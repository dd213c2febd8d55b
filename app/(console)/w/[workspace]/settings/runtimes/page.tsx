import { RuntimesScreen } from "@/components/serving/runtimes-screen";
import { ForbiddenPage } from "@/components/shell/forbidden-page";
import { pageContext } from "@/lib/http/page";
import { denialOf } from "@/lib/identity";
import { listRuntimes } from "@/lib/serving/server";

import { settingsTabs } from "../tabs";

export const metadata = { title: "Runtimes" };

export default async function RuntimesPage({ params }: { params: Promise<{ workspace: string }> }) {
  const { workspace } = await params;
  const ctx = await pageContext(workspace);
  const denied = denialOf(ctx.actor, "endpoint:read");
  if (denied !== undefined) return <ForbiddenPage crumbs={["Settings", "Runtimes"]} what="runtimes">{denied}</ForbiddenPage>;
  return <RuntimesScreen workspace={workspace} tabs={settingsTabs(ctx)} initial={await listRuntimes(ctx)} blocked={denialOf(ctx.actor, "endpoint:write")} />;
}
