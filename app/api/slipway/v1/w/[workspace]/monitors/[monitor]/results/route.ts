import { route } from "@/lib/http/route";
import { listMonitorResultsOperation } from "@/lib/monitoring";
import { listMonitorResults } from "@/lib/monitoring/server";

export const GET = route(listMonitorResultsOperation, ({ ctx, params, query }) => listMonitorResults(ctx, params.monitor, query));
