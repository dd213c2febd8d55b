import { route } from "@/lib/http/route";
import { revokeTokenOp } from "@/lib/identity";
import { revokeToken } from "@/lib/identity/server";

export const DELETE = route(revokeTokenOp, ({ ctx, params }) => revokeToken(ctx, params.tokenId));
