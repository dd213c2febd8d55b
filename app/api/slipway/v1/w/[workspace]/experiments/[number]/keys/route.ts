import { route } from "@/lib/http/route";
import { listRunKeysOperation } from "@/lib/tracking";
import { listRunKeys } from "@/lib/tracking/server";

export const GET = route(listRunKeysOperation, ({ ctx, params, query }) => listRunKeys(ctx, params.number, query.q));
