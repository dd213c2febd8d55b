import { route } from "@/lib/http/route";
import { getRequestOperation } from "@/lib/governance";
import { getRequest } from "@/lib/governance/server";

export const GET = route(getRequestOperation, ({ ctx, params }) => getRequest(ctx, params.request));
