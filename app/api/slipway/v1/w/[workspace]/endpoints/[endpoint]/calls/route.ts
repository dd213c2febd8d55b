import { route } from "@/lib/http/route";
import { listCallsOperation } from "@/lib/inference";
import { listCalls } from "@/lib/inference/server";

export const GET = route(listCallsOperation, ({ ctx, params, query }) => listCalls(ctx, params.endpoint, query));
