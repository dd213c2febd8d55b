import { personRoute } from "@/lib/http/route";
import { listSessionsOp } from "@/lib/identity";
import { listSessions, requirePerson } from "@/lib/identity/server";

export const GET = personRoute(listSessionsOp, async ({ deps, principal }) => listSessions(deps, requirePerson(principal)));
