import { route } from "@/lib/http/route";
import { createInvitationOp, listInvitationsOp } from "@/lib/identity";
import { createInvitation, listInvitations } from "@/lib/identity/server";

export const GET = route(listInvitationsOp, ({ ctx, query }) => listInvitations(ctx, query));
export const POST = route(createInvitationOp, ({ ctx, body }) => createInvitation(ctx, body));
