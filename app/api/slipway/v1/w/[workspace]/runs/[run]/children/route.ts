import { route } from "@/lib/http/route";
import { listChildRunsOperation } from "@/lib/tracking";
import { listChildRuns } from "@/lib/tracking/server";

export const GET = route(listChildRunsOperation, ({ ctx, params, query }) => listChildRuns(ctx, params.run, query));
