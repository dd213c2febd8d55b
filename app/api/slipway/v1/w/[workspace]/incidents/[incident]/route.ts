import { route } from "@/lib/http/route";
import { getIncidentOperation } from "@/lib/monitoring";
import { getIncident } from "@/lib/monitoring/server";

export const GET = route(getIncidentOperation, ({ ctx, params }) => getIncident(ctx, params.incident));
