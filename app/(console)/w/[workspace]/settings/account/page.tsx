import { AccountScreen } from "@/components/identity/account-screen";
import { pageContext, pagePerson } from "@/lib/http/page";
import { listSessions } from "@/lib/identity/server";

import { settingsTabs } from "../tabs";

export const metadata = { title: "Account" };

export default async function AccountPage({ params }: { params: Promise<{ workspace: string }> }) {
  const { workspace } = await params;
  const ctx = await pageContext(workspace);
  const person = await pagePerson();
  const { roles, groups } = ctx.actor.kind === "user" ? ctx.actor : { roles: [], groups: [] };
  return <AccountScreen workspace={workspace} tabs={settingsTabs(ctx)} person={{ name: person.name, email: person.email, isAdmin: person.isAdmin, roles, groups }} sessions={await listSessions(ctx.deps, person)} />;
}
