import { route } from "@/lib/http/route";
import { countRunsOperation } from "@/lib/tracking";
import { countRuns } from "@/lib/tracking/server";

export const GET = route(countRunsOperation, ({ ctx, params, query }) => countRuns(ctx, params.number, query));
