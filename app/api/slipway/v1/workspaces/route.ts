import { personRoute } from "@/lib/http/route";
import { createWorkspaceOp } from "@/lib/identity";
import { createWorkspace } from "@/lib/identity/server";

export const POST = personRoute(createWorkspaceOp, ({ deps, principal, requestId, body }) => createWorkspace({ deps, principal, requestId }, body));
