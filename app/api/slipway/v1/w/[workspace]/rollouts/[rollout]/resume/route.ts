import { route } from "@/lib/http/route";
import { resumeRolloutOperation } from "@/lib/rollouts";
import { actOnRollout } from "@/lib/rollouts/server";

export const POST = route(resumeRolloutOperation, ({ ctx, params, body }) => actOnRollout(ctx, params.rollout, "resume", body.reason));
