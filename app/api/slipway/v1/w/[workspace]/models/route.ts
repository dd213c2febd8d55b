import { route } from "@/lib/http/route";
import { createModelOperation, listModelsOperation } from "@/lib/registry";
import { createModel, listModels } from "@/lib/registry/server";

export const GET = route(listModelsOperation, ({ ctx, query }) => listModels(ctx, query));
export const POST = route(createModelOperation, ({ ctx, body }) => createModel(ctx, body));
