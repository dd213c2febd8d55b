import { MembersScreen } from "@/components/identity/members-screen";
import { Page } from "@/components/shell/page";
import { EmptyState } from "@/components/patterns/states";
import { formatId } from "@/lib/core/ids";
import { pageContext, pagePerson } from "@/lib/http/page";
import { can, explainDenial } from "@/lib/identity";
import { listInvitations, listMembers } from "@/lib/identity/server";

import { settingsTabs } from "../tabs";

export const metadata = { title: "Members" };

export default async function MembersPage({ params }: { params: Promise<{ workspace: string }> }) {
  const { workspace } = await params;
  const ctx = await pageContext(workspace);
  if (!can(ctx.actor, "member:read")) {
    return (
      <Page crumbs={[{ label: "Settings" }, { label: "Members" }]}>
        <EmptyState kind="forbidden" title="You can't see members">{explainDenial(ctx.actor, "member:read")}</EmptyState>
      </Page>
    );
  }
  return (
    <MembersScreen
      workspace={workspace}
      tabs={settingsTabs(ctx)}
      canWrite={can(ctx.actor, "member:write")}
      blocked="An administrator of the installation invites people and gives roles."
      ownId={formatId("user", (await pagePerson()).userId)}
      members={await listMembers(ctx, { limit: 50 })}
      invitations={await listInvitations(ctx, { limit: 20 })}
    />
  );
}
