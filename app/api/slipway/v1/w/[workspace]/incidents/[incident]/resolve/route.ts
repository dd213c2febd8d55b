import { route } from "@/lib/http/route";
import { resolveIncidentOperation } from "@/lib/monitoring";
import { resolveIncident } from "@/lib/monitoring/server";

export const POST = route(resolveIncidentOperation, ({ ctx, params, body }) => resolveIncident(ctx, params.incident, body));
