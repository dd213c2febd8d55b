import { route } from "@/lib/http/route";
import { getModelOperation, updateModelOperation } from "@/lib/registry";
import { getModel, updateModel } from "@/lib/registry/server";

export const GET = route(getModelOperation, ({ ctx, params }) => getModel(ctx, params.model));
export const PATCH = route(updateModelOperation, ({ ctx, params, body }) => updateModel(ctx, params.model, body));
