import { route } from "@/lib/http/route";
import { getMetricSeriesOperation } from "@/lib/tracking";
import { getMetricSeries } from "@/lib/tracking/server";

export const GET = route(getMetricSeriesOperation, ({ ctx, query }) => getMetricSeries(ctx, query));
