import { redirect } from "next/navigation";

import { MessagePage } from "@/components/shell/message-page";
import { ButtonLink } from "@/components/ui/button";
import { webDeps } from "@/lib/http/deps";
import { pagePerson } from "@/lib/http/page";
import { describePerson } from "@/lib/identity/server";

export const dynamic = "force-dynamic";

export default async function HomePage() {
  const person = await pagePerson();
  const { workspaces } = await describePerson(await webDeps(), person);
  const [first] = workspaces;
  if (first) redirect(`/w/${encodeURIComponent(first.name)}`);
  return (
    <MessagePage title="You belong to no workspace" actions={<ButtonLink href="/sign-in">Sign in as someone else</ButtonLink>}>
      An administrator of this installation adds you to one, under Settings, Members.
    </MessagePage>
  );
}
