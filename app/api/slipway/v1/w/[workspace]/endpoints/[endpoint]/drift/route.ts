import { route } from "@/lib/http/route";
import { getDriftOperation } from "@/lib/monitoring";
import { getDrift } from "@/lib/monitoring/server";

export const GET = route(getDriftOperation, ({ ctx, params, query }) => getDrift(ctx, params.endpoint, query));
