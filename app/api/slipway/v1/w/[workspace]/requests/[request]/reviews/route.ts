import { route } from "@/lib/http/route";
import { reviewRequestOperation } from "@/lib/governance";
import { reviewRequest } from "@/lib/governance/server";

export const POST = route(reviewRequestOperation, ({ ctx, params, body }) => reviewRequest(ctx, params.request, body));
