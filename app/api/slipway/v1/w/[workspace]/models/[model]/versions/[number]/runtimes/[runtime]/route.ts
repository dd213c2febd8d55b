import { route } from "@/lib/http/route";
import { deleteModelServerOperation, setModelServerOperation } from "@/lib/serving";
import { deleteModelServer, setModelServer } from "@/lib/serving/server";

export const PUT = route(setModelServerOperation, ({ ctx, params, body }) => setModelServer(ctx, params.model, params.number, params.runtime, body.url));
export const DELETE = route(deleteModelServerOperation, ({ ctx, params }) => deleteModelServer(ctx, params.model, params.number, params.runtime));
