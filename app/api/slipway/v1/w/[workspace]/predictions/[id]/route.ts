import { route } from "@/lib/http/route";
import { getPredictionOperation } from "@/lib/inference";
import { getPrediction } from "@/lib/inference/server";

export const GET = route(getPredictionOperation, ({ ctx, params }) => getPrediction(ctx, params.id));
