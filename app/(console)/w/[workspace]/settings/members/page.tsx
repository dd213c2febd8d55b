import { MembersScreen } from "@/components/identity/members-screen";
import { ForbiddenPage } from "@/components/shell/forbidden-page";
import { formatId } from "@/lib/core/ids";
import { pageContext, pagePerson } from "@/lib/http/page";
import { can, denialOf } from "@/lib/identity";
import { listInvitations, listMembers } from "@/lib/identity/server";

import { settingsTabs } from "../tabs";

export const metadata = { title: "Members" };

export default async function MembersPage({ params }: { params: Promise<{ workspace: string }> }) {
  const { workspace } = await params;
  const ctx = await pageContext(workspace);
  const denied = denialOf(ctx.actor, "member:read");
  if (denied !== undefined) return <ForbiddenPage crumbs={["Settings", "Members"]} what="members">{denied}</ForbiddenPage>;
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
