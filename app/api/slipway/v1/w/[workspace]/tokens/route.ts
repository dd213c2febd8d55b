import { route } from "@/lib/http/route";
import { createTokenOp, listTokensOp } from "@/lib/identity";
import { createToken, listTokens } from "@/lib/identity/server";

export const GET = route(listTokensOp, ({ ctx, query }) => listTokens(ctx, query));
export const POST = route(createTokenOp, ({ ctx, body }) => createToken(ctx, body));
