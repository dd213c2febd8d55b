import { route } from "@/lib/http/route";
import { abortRolloutOperation } from "@/lib/rollouts";
import { actOnRollout } from "@/lib/rollouts/server";

export const POST = route(abortRolloutOperation, ({ ctx, params, body }) => actOnRollout(ctx, params.rollout, "abort", body.reason));
