import { route } from "@/lib/http/route";
import { removeMemberOp, updateMemberOp } from "@/lib/identity";
import { removeMember, updateMember } from "@/lib/identity/server";

export const PATCH = route(updateMemberOp, ({ ctx, params, body }) => updateMember(ctx, params.userId, body));
export const DELETE = route(removeMemberOp, ({ ctx, params }) => removeMember(ctx, params.userId));
