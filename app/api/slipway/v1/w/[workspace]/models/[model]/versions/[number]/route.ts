import { route } from "@/lib/http/route";
import { getVersionOperation, updateVersionOperation } from "@/lib/registry";
import { getVersion, updateVersion } from "@/lib/registry/server";

export const GET = route(getVersionOperation, ({ ctx, params }) => getVersion(ctx, params.model, params.number));
export const PATCH = route(updateVersionOperation, ({ ctx, params, body }) => updateVersion(ctx, params.model, params.number, body));
