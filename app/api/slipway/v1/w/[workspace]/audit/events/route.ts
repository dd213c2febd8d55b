import { listAuditEventsOp } from "@/lib/audit";
import { listAuditEvents } from "@/lib/audit/server";
import { route } from "@/lib/http/route";

export const GET = route(listAuditEventsOp, ({ ctx, query }) => listAuditEvents(ctx, query));
