import { route } from "@/lib/http/route";
import { listRoutesOperation } from "@/lib/serving";
import { listRoutes } from "@/lib/serving/server";

export const GET = route(listRoutesOperation, ({ ctx, params, query }) => listRoutes(ctx, params.endpoint, query.environment, query));
