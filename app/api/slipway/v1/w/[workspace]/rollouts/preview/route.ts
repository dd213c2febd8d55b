import { route } from "@/lib/http/route";
import { previewRolloutOperation } from "@/lib/rollouts";
import { previewRollout } from "@/lib/rollouts/server";

export const GET = route(previewRolloutOperation, ({ ctx, query }) => previewRollout(ctx, query));
