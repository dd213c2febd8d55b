import { AppError } from "@/lib/core/errors";
import type { Context, Deps } from "@/lib/platform/context";

import { can, explainDenial, type Permission } from "./permissions";

/** Raises forbidden unless the actor holds `permission` in the context's workspace and, where the token is bound to endpoints, for `endpointId`. */
export const authorize = (ctx: Context, permission: Permission, { endpointId }: { endpointId?: string } = {}): void => {
  if (!can(ctx.actor, permission)) throw new AppError("forbidden", "identity.forbidden", explainDenial(ctx.actor, permission), { details: { permission } });
  const bound = ctx.actor.kind === "token" ? ctx.actor.endpointIds : [];
  if (endpointId !== undefined && bound.length > 0 && !bound.includes(endpointId)) {
    throw new AppError("not_found", "endpoint.not_found", "There is no such endpoint for this token: it is bound to others.");
  }
};

/** The context of a worker or another part of the system; it may do everything but decide a request. */
export const systemContext = (deps: Deps, workspace: { id: string; name: string }, name: string, requestId = ""): Context => ({
  deps,
  actor: { kind: "system", name },
  workspace,
  requestId,
});
