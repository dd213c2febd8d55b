import { fileResponse, parseRange } from "@/lib/artifacts/server";
import { streamRoute } from "@/lib/http/route";
import { downloadModelArtifactOperation } from "@/lib/tracking";
import { openOwnFile } from "@/lib/tracking/server";

export const GET = streamRoute(downloadModelArtifactOperation, async ({ ctx, params, request }) =>
  fileResponse(await openOwnFile(ctx, { kind: "model", id: params.model }, params.path.join("/"), parseRange(request.headers.get("range")))));
