import { route } from "@/lib/http/route";
import { rollbackRolloutOperation } from "@/lib/rollouts";
import { actOnRollout } from "@/lib/rollouts/server";

export const POST = route(rollbackRolloutOperation, ({ ctx, params, body }) => actOnRollout(ctx, params.rollout, "rollback", body.reason));
