import { route } from "@/lib/http/route";
import { restoreRunsOperation } from "@/lib/tracking";
import { moveRuns } from "@/lib/tracking/server";

export const POST = route(restoreRunsOperation, async ({ ctx, body }) => ({ changed: await moveRuns(ctx, body.runIds, "active") }));
