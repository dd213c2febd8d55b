import { route } from "@/lib/http/route";
import { listVerdictsOperation } from "@/lib/rollouts";
import { listVerdicts } from "@/lib/rollouts/server";

export const GET = route(listVerdictsOperation, async ({ ctx, params }) => ({ items: await listVerdicts(ctx, params.rollout) }));
