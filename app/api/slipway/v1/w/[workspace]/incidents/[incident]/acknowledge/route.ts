import { route } from "@/lib/http/route";
import { acknowledgeIncidentOperation } from "@/lib/monitoring";
import { acknowledgeIncident } from "@/lib/monitoring/server";

export const POST = route(acknowledgeIncidentOperation, ({ ctx, params, body }) => acknowledgeIncident(ctx, params.incident, body));
