import { AuditScreen } from "@/components/audit/audit-screen";
import { EmptyState } from "@/components/patterns/states";
import { Page } from "@/components/shell/page";
import { getAuditFacets, listAuditEvents } from "@/lib/audit/server";
import { pageContext } from "@/lib/http/page";
import { can, explainDenial } from "@/lib/identity";

export const metadata = { title: "Audit log" };

export default async function AuditPage({ params }: { params: Promise<{ workspace: string }> }) {
  const { workspace } = await params;
  const ctx = await pageContext(workspace);
  if (!can(ctx.actor, "audit:read")) {
    return (
      <Page crumbs={[{ label: "Audit log" }]}>
        <EmptyState kind="forbidden" title="You can't see the audit log">{explainDenial(ctx.actor, "audit:read")}</EmptyState>
      </Page>
    );
  }
  return <AuditScreen workspace={workspace} events={await listAuditEvents(ctx, { limit: 50 })} facets={await getAuditFacets(ctx)} />;
}
