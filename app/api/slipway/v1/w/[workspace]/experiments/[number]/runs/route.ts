import { route } from "@/lib/http/route";
import { listRunsOperation } from "@/lib/tracking";
import { listRuns } from "@/lib/tracking/server";

export const GET = route(listRunsOperation, ({ ctx, params, query }) => listRuns(ctx, params.number, query));
