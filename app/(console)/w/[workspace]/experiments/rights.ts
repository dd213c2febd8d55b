import type { TrackingRights } from "@/components/tracking/queries";
import type { pageContext } from "@/lib/http/page";
import { denialOf } from "@/lib/identity";

type PageContext = Awaited<ReturnType<typeof pageContext>>;

/** What this person may do with runs, and why not. */
export const trackingRights = ({ actor }: PageContext): TrackingRights => ({
  write: denialOf(actor, "run:write"),
  register: denialOf(actor, "model:write"),
});
