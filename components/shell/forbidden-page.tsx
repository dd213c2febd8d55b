import { ButtonLink } from "@/components/ui/button";
import { MessagePage } from "./message-page";

export type ForbiddenPageProps = {
  /** "members" */
  what: string;
  /** Role that reaches it: "admin". */
  role: string;
  /** Who grants it: names of administrators. */
  grants?: readonly string[] | undefined;
  homeHref: string;
};

/** Says what is closed, which role opens it and who grants that. */
export function ForbiddenPage({ what, role, grants = [], homeHref }: ForbiddenPageProps) {
  return (
    <MessagePage title={`You can’t see ${what}`} actions={<ButtonLink href={homeHref}>Go back</ButtonLink>}>
      It needs the role {role}. {grants.length > 0 ? `${grants.join(", ")} can grant it.` : "An administrator of this installation can grant it."}
    </MessagePage>
  );
}
