import { route } from "@/lib/http/route";
import { compareRunsOperation } from "@/lib/tracking";
import { compareRuns } from "@/lib/tracking/server";

export const GET = route(compareRunsOperation, ({ ctx, params, query }) => compareRuns(ctx, params.number, query.runs));
