import { route } from "@/lib/http/route";
import { createRuntimeOperation, listRuntimesOperation } from "@/lib/serving";
import { createRuntime, listRuntimes } from "@/lib/serving/server";

export const GET = route(listRuntimesOperation, async ({ ctx }) => ({ items: await listRuntimes(ctx) }));
export const POST = route(createRuntimeOperation, ({ ctx, body }) => createRuntime(ctx, body));
