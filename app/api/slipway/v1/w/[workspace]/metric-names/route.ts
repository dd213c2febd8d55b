import { route } from "@/lib/http/route";
import { listMetricNamesOperation } from "@/lib/tracking";
import { listMetricNames } from "@/lib/tracking/server";

export const GET = route(listMetricNamesOperation, ({ ctx, query }) => listMetricNames(ctx, query));
