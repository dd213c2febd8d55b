import { route } from "@/lib/http/route";
import { getFeatureOperation } from "@/lib/monitoring";
import { getFeature } from "@/lib/monitoring/server";

export const GET = route(getFeatureOperation, ({ ctx, params, query }) => getFeature(ctx, params.endpoint, params.feature, query));
