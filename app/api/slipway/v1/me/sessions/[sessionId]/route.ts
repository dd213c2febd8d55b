import { personRoute } from "@/lib/http/route";
import { revokeSessionOp } from "@/lib/identity";
import { endSession, requirePerson } from "@/lib/identity/server";

export const DELETE = personRoute(revokeSessionOp, async ({ deps, principal, params, requestId }) => endSession(deps, requirePerson(principal), params.sessionId, requestId));
