import { route } from "@/lib/http/route";
import { listRunArtifactsOperation } from "@/lib/tracking";
import { listFiles } from "@/lib/tracking/server";

export const GET = route(listRunArtifactsOperation, ({ ctx, params, query }) => listFiles(ctx, { kind: "run", id: params.run }, query));
