import { route } from "@/lib/http/route";
import { addMemberOp, listMembersOp } from "@/lib/identity";
import { addMember, listMembers } from "@/lib/identity/server";

export const GET = route(listMembersOp, ({ ctx, query }) => listMembers(ctx, query));
export const POST = route(addMemberOp, ({ ctx, body }) => addMember(ctx, body));
