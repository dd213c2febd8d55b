import { clientAddress } from "@/lib/http/client-address";
import { publicRoute } from "@/lib/http/route";
import { acceptInvitationOp } from "@/lib/identity";
import { acceptInvitation } from "@/lib/identity/server";

export const POST = publicRoute(acceptInvitationOp, ({ deps, body, request, requestId }) =>
  acceptInvitation(deps, body, { ip: clientAddress(request.headers, deps.env), userAgent: request.headers.get("user-agent") ?? "", requestId }),
);
