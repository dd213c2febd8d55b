import { route } from "@/lib/http/route";
import { listRunImagesOperation } from "@/lib/tracking";
import { listRunImages } from "@/lib/tracking/server";

export const GET = route(listRunImagesOperation, ({ ctx, query }) => listRunImages(ctx, query.runs));
