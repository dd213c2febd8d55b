import { route } from "@/lib/http/route";
import { withdrawRequestOperation } from "@/lib/governance";
import { withdrawRequest } from "@/lib/governance/server";

export const POST = route(withdrawRequestOperation, ({ ctx, params, body }) => withdrawRequest(ctx, params.request, body.reason));
