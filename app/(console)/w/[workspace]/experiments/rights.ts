import type { TrackingRights } from "@/components/tracking/queries";
import type { pageContext } from "@/lib/http/page";
import { can, explainDenial } from "@/lib/identity";

type PageContext = Awaited<ReturnType<typeof pageContext>>;

/** What this person may do with runs, and why not. */
export const trackingRights = ({ actor }: PageContext): TrackingRights => ({
  write: can(actor, "run:write") ? undefined : explainDenial(actor, "run:write"),
  register: can(actor, "model:write") ? undefined : explainDenial(actor, "model:write"),
});
