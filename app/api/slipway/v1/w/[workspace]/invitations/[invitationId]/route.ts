import { route } from "@/lib/http/route";
import { revokeInvitationOp } from "@/lib/identity";
import { revokeInvitation } from "@/lib/identity/server";

export const DELETE = route(revokeInvitationOp, ({ ctx, params }) => revokeInvitation(ctx, params.invitationId));
