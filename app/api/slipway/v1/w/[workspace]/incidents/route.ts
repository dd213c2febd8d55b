import { route } from "@/lib/http/route";
import { listIncidentsOperation } from "@/lib/monitoring";
import { listIncidents } from "@/lib/monitoring/server";

export const GET = route(listIncidentsOperation, ({ ctx, query }) => listIncidents(ctx, query));
