import { route } from "@/lib/http/route";
import { deleteRunsOperation } from "@/lib/tracking";
import { moveRuns } from "@/lib/tracking/server";

export const POST = route(deleteRunsOperation, async ({ ctx, body }) => ({ changed: await moveRuns(ctx, body.runIds, "deleted") }));
