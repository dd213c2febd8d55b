import { route } from "@/lib/http/route";
import { getHealthOperation } from "@/lib/monitoring";
import { getHealth } from "@/lib/monitoring/server";

export const GET = route(getHealthOperation, ({ ctx, params, query }) => getHealth(ctx, params.endpoint, query));
