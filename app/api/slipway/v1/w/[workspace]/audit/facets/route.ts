import { getAuditFacetsOp } from "@/lib/audit";
import { getAuditFacets } from "@/lib/audit/server";
import { route } from "@/lib/http/route";

export const GET = route(getAuditFacetsOp, ({ ctx, query }) => getAuditFacets(ctx, query));
