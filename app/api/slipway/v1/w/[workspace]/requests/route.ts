import { route } from "@/lib/http/route";
import { listRequestsOperation, openRequestOperation } from "@/lib/governance";
import { listRequests, openRequest } from "@/lib/governance/server";

export const GET = route(listRequestsOperation, ({ ctx, query }) => listRequests(ctx, query));
export const POST = route(openRequestOperation, ({ ctx, body }) => openRequest(ctx, body));
