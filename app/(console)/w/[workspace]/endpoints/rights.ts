import type { ServingRights } from "@/components/serving/queries";
import type { pageContext } from "@/lib/http/page";
import { can, explainDenial } from "@/lib/identity";

type PageContext = Awaited<ReturnType<typeof pageContext>>;

/** What this person may do with endpoints, and why not. */
export const servingRights = ({ actor }: PageContext): ServingRights => ({
  write: can(actor, "endpoint:write") ? undefined : explainDenial(actor, "endpoint:write"),
  release: can(actor, "rollout:execute") ? undefined : explainDenial(actor, "rollout:execute"),
});
