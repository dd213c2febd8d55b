import { route } from "@/lib/http/route";
import { restoreExperimentOperation } from "@/lib/tracking";
import { moveExperiment } from "@/lib/tracking/server";

export const POST = route(restoreExperimentOperation, ({ ctx, params }) => moveExperiment(ctx, params.number, "active"));
