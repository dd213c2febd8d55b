import { route } from "@/lib/http/route";
import { muteIncidentOperation } from "@/lib/monitoring";
import { muteIncident } from "@/lib/monitoring/server";

export const POST = route(muteIncidentOperation, ({ ctx, params, body }) => muteIncident(ctx, params.incident, body));
