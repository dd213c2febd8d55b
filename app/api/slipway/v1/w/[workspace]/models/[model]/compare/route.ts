import { route } from "@/lib/http/route";
import { compareVersionsOperation } from "@/lib/registry";
import { compareVersions } from "@/lib/registry/server";

export const GET = route(compareVersionsOperation, ({ ctx, params, query }) => compareVersions(ctx, params.model, query.a, query.b));
