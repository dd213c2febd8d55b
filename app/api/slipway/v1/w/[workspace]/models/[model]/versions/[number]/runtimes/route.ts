import { route } from "@/lib/http/route";
import { getVersionServingOperation } from "@/lib/serving";
import { getVersionServing } from "@/lib/serving/server";

export const GET = route(getVersionServingOperation, ({ ctx, params }) => getVersionServing(ctx, params.model, params.number));
