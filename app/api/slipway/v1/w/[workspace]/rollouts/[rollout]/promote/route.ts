import { route } from "@/lib/http/route";
import { promoteRolloutOperation } from "@/lib/rollouts";
import { actOnRollout } from "@/lib/rollouts/server";

export const POST = route(promoteRolloutOperation, ({ ctx, params, body }) => actOnRollout(ctx, params.rollout, "promote", body.reason));
