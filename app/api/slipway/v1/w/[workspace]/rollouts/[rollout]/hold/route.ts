import { route } from "@/lib/http/route";
import { holdRolloutOperation } from "@/lib/rollouts";
import { actOnRollout } from "@/lib/rollouts/server";

export const POST = route(holdRolloutOperation, ({ ctx, params, body }) => actOnRollout(ctx, params.rollout, "hold", body.reason));
