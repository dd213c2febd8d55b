import { route } from "@/lib/http/route";
import { listModelArtifactsOperation } from "@/lib/tracking";
import { listFiles } from "@/lib/tracking/server";

export const GET = route(listModelArtifactsOperation, ({ ctx, params, query }) => listFiles(ctx, { kind: "model", id: params.model }, query));
