import { route } from "@/lib/http/route";
import { listVersionActivityOperation } from "@/lib/registry";
import { listVersionActivity } from "@/lib/registry/server";

export const GET = route(listVersionActivityOperation, ({ ctx, params, query }) => listVersionActivity(ctx, params.model, params.number, query));
