import { getAuditEventOp } from "@/lib/audit";
import { getAuditEvent } from "@/lib/audit/server";
import { route } from "@/lib/http/route";

export const GET = route(getAuditEventOp, ({ ctx, params }) => getAuditEvent(ctx, params.eventId));
