import { personRoute } from "@/lib/http/route";
import { getPersonOp } from "@/lib/identity";
import { describePerson } from "@/lib/identity/server";

export const GET = personRoute(getPersonOp, ({ deps, principal }) => describePerson(deps, principal));
