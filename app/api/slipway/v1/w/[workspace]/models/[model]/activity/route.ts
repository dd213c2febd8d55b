import { route } from "@/lib/http/route";
import { listModelActivityOperation } from "@/lib/registry";
import { listModelActivity } from "@/lib/registry/server";

export const GET = route(listModelActivityOperation, ({ ctx, params, query }) => listModelActivity(ctx, params.model, query));
