import { fileResponse, parseRange } from "@/lib/artifacts/server";
import { streamRoute } from "@/lib/http/route";
import { downloadVersionFileOperation } from "@/lib/registry";
import { openVersionFile } from "@/lib/registry/server";

export const GET = streamRoute(downloadVersionFileOperation, async ({ ctx, params, request }) =>
  fileResponse(await openVersionFile(ctx, params.model, params.number, params.path.join("/"), parseRange(request.headers.get("range")))));
