import type { ServingRights } from "@/components/serving/queries";
import type { pageContext } from "@/lib/http/page";
import { denialOf } from "@/lib/identity";

type PageContext = Awaited<ReturnType<typeof pageContext>>;

/** What this person may do with endpoints, and why not. */
export const servingRights = ({ actor }: PageContext): ServingRights => ({
  write: denialOf(actor, "endpoint:write"),
  release: denialOf(actor, "rollout:execute"),
});
