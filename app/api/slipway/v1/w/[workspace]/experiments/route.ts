import { route } from "@/lib/http/route";
import { createExperimentOperation, listExperimentsOperation } from "@/lib/tracking";
import { listExperiments, makeExperiment } from "@/lib/tracking/server";

export const GET = route(listExperimentsOperation, ({ ctx, query }) => listExperiments(ctx, query));
export const POST = route(createExperimentOperation, ({ ctx, body }) => makeExperiment(ctx, body));
