import { route } from "@/lib/http/route";
import { listVersionFilesOperation } from "@/lib/registry";
import { listVersionFiles } from "@/lib/registry/server";

export const GET = route(listVersionFilesOperation, ({ ctx, params }) => listVersionFiles(ctx, params.model, params.number));
