import { route } from "@/lib/http/route";
import { deleteExperimentOperation, getExperimentOperation, updateExperimentOperation } from "@/lib/tracking";
import { changeExperiment, moveExperiment, readExperiment } from "@/lib/tracking/server";

export const GET = route(getExperimentOperation, ({ ctx, params }) => readExperiment(ctx, params.number));
export const PATCH = route(updateExperimentOperation, ({ ctx, params, body }) => changeExperiment(ctx, params.number, body));
export const DELETE = route(deleteExperimentOperation, async ({ ctx, params }) => {
  await moveExperiment(ctx, params.number, "deleted");
});
