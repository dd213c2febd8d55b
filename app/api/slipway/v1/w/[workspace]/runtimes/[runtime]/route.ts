import { route } from "@/lib/http/route";
import { deleteRuntimeOperation } from "@/lib/serving";
import { deleteRuntime } from "@/lib/serving/server";

export const DELETE = route(deleteRuntimeOperation, ({ ctx, params, query }) => deleteRuntime(ctx, params.runtime, query.reason));
