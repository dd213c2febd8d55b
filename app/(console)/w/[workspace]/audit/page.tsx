import { AuditScreen } from "@/components/audit/audit-screen";
import { ForbiddenPage } from "@/components/shell/forbidden-page";
import { getAuditFacets, listAuditEvents } from "@/lib/audit/server";
import { pageContext } from "@/lib/http/page";
import { denialOf } from "@/lib/identity";

export const metadata = { title: "Audit log" };

export default async function AuditPage({ params }: { params: Promise<{ workspace: string }> }) {
  const { workspace } = await params;
  const ctx = await pageContext(workspace);
  const denied = denialOf(ctx.actor, "audit:read");
  if (denied !== undefined) return <ForbiddenPage crumbs={["Audit log"]} what="the audit log">{denied}</ForbiddenPage>;
  return <AuditScreen workspace={workspace} events={await listAuditEvents(ctx, { limit: 50 })} facets={await getAuditFacets(ctx)} />;
}
