import { route } from "@/lib/http/route";
import { listRuntimesOperation } from "@/lib/serving";
import { listRuntimes } from "@/lib/serving/server";

export const GET = route(listRuntimesOperation, async ({ ctx }) => ({ items: await listRuntimes(ctx) }));
