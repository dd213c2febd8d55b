import { streamRoute } from "@/lib/http/route";
import { downloadRunArtifactOperation } from "@/lib/tracking";
import { documentResponse, openOwnFile } from "@/lib/tracking/server";

/** HTML artifacts of a run for the sandboxed frame of its page. */
export const GET = streamRoute(downloadRunArtifactOperation, async ({ ctx, params }) => documentResponse(await openOwnFile(ctx, { kind: "run", id: params.run }, params.path.join("/"))));
