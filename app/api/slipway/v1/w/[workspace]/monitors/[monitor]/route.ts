import { route } from "@/lib/http/route";
import { deleteMonitorOperation, updateMonitorOperation } from "@/lib/monitoring";
import { deleteMonitor, updateMonitor } from "@/lib/monitoring/server";

export const PATCH = route(updateMonitorOperation, ({ ctx, params, body }) => updateMonitor(ctx, params.monitor, body));
export const DELETE = route(deleteMonitorOperation, ({ ctx, params }) => deleteMonitor(ctx, params.monitor));
