import { route } from "@/lib/http/route";
import { getRolloutOperation } from "@/lib/rollouts";
import { getRollout } from "@/lib/rollouts/server";

export const GET = route(getRolloutOperation, ({ ctx, params }) => getRollout(ctx, params.rollout));
