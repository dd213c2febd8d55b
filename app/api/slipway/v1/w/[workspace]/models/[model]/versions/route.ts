import { route } from "@/lib/http/route";
import { createVersionOperation, listModelVersionsOperation } from "@/lib/registry";
import { createVersion, listModelVersions } from "@/lib/registry/server";

export const GET = route(listModelVersionsOperation, ({ ctx, params, query }) => listModelVersions(ctx, params.model, query));
export const POST = route(createVersionOperation, ({ ctx, params, body }) => createVersion(ctx, params.model, body));
