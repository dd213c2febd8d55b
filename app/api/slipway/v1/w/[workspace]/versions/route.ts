import { route } from "@/lib/http/route";
import { listVersionsOperation } from "@/lib/registry";
import { listVersions } from "@/lib/registry/server";

export const GET = route(listVersionsOperation, ({ ctx, query }) => listVersions(ctx, query));
