import { personRoute } from "@/lib/http/route";
import { deleteWorkspaceOp, updateWorkspaceOp } from "@/lib/identity";
import { deleteWorkspace, updateWorkspace } from "@/lib/identity/server";

export const PATCH = personRoute(updateWorkspaceOp, ({ deps, principal, requestId, params, body }) => updateWorkspace({ deps, principal, requestId }, params.name, body));
export const DELETE = personRoute(deleteWorkspaceOp, ({ deps, principal, requestId, params }) => deleteWorkspace({ deps, principal, requestId }, params.name));
