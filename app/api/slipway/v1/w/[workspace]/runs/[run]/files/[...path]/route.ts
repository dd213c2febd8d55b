import { fileResponse, parseRange } from "@/lib/artifacts/server";
import { streamRoute } from "@/lib/http/route";
import { downloadRunArtifactOperation } from "@/lib/tracking";
import { openOwnFile } from "@/lib/tracking/server";

export const GET = streamRoute(downloadRunArtifactOperation, async ({ ctx, params, request }) =>
  fileResponse(await openOwnFile(ctx, { kind: "run", id: params.run }, params.path.join("/"), parseRange(request.headers.get("range")))));
