import { streamRoute } from "@/lib/http/route";
import { downloadModelArtifactOperation } from "@/lib/tracking";
import { documentResponse, openOwnFile } from "@/lib/tracking/server";

/** HTML artifacts of a logged model for the sandboxed frame. */
export const GET = streamRoute(downloadModelArtifactOperation, async ({ ctx, params }) => documentResponse(await openOwnFile(ctx, { kind: "model", id: params.model }, params.path.join("/"))));
