import { personRoute } from "@/lib/http/route";
import { changePasswordOp } from "@/lib/identity";
import { changePassword, requirePerson } from "@/lib/identity/server";

export const POST = personRoute(changePasswordOp, async ({ deps, principal, body, requestId }) => changePassword(deps, requirePerson(principal), body, requestId));
