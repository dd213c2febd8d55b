import { route } from "@/lib/http/route";
import { registerRunOperation } from "@/lib/tracking";
import { registerRun } from "@/lib/tracking/server";

export const POST = route(registerRunOperation, ({ ctx, params, body }) => registerRun(ctx, params.run, body));
