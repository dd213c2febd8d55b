import { denialOf } from "@/lib/identity";
import type { Context } from "@/lib/platform/context";

/** Why the actor can't register or move aliases; undefined where they can. */
export const rightsOf = ({ actor }: Context): { register: string | undefined; alias: string | undefined } => ({ register: denialOf(actor, "model:write"), alias: denialOf(actor, "alias:write") });
