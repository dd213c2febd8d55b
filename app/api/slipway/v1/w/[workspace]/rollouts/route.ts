import { route } from "@/lib/http/route";
import { listRolloutsOperation, startRolloutOperation } from "@/lib/rollouts";
import { listRollouts, startRollout } from "@/lib/rollouts/server";

export const GET = route(listRolloutsOperation, ({ ctx, query }) => listRollouts(ctx, query));
export const POST = route(startRolloutOperation, ({ ctx, body }) => startRollout(ctx, body));
