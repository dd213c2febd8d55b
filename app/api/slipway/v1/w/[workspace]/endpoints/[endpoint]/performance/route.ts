import { route } from "@/lib/http/route";
import { getPerformanceOperation } from "@/lib/monitoring";
import { getPerformance } from "@/lib/monitoring/server";

export const GET = route(getPerformanceOperation, ({ ctx, params, query }) => getPerformance(ctx, params.endpoint, query));
