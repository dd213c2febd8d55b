import { route } from "@/lib/http/route";
import { createMonitorOperation, listMonitorsOperation } from "@/lib/monitoring";
import { createMonitor, listMonitors } from "@/lib/monitoring/server";

export const GET = route(listMonitorsOperation, ({ ctx, params, query }) => listMonitors(ctx, params.endpoint, query.environment));
export const POST = route(createMonitorOperation, ({ ctx, params, query, body }) => createMonitor(ctx, params.endpoint, query.environment, body));
