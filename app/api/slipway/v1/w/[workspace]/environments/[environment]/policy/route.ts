import { route } from "@/lib/http/route";
import { getPolicyOperation, revisePolicyOperation } from "@/lib/governance";
import { getPolicy, revisePolicy } from "@/lib/governance/server";

export const GET = route(getPolicyOperation, ({ ctx, params }) => getPolicy(ctx, params.environment));
export const PUT = route(revisePolicyOperation, ({ ctx, params, body }) => revisePolicy(ctx, params.environment, body));
