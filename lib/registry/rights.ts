import { can, explainDenial, type Permission } from "@/lib/identity";
import type { Context } from "@/lib/platform/context";

const blockerOf = (ctx: Context, permission: Permission): string | undefined => (can(ctx.actor, permission) ? undefined : explainDenial(ctx.actor, permission));

/** Why the actor can't register or move aliases; undefined where they can. */
export const rightsOf = (ctx: Context): { register: string | undefined; alias: string | undefined } => ({ register: blockerOf(ctx, "model:write"), alias: blockerOf(ctx, "alias:write") });
