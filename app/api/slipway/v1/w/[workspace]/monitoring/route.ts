import { route } from "@/lib/http/route";
import { listFleetOperation } from "@/lib/monitoring";
import { listFleet } from "@/lib/monitoring/server";

export const GET = route(listFleetOperation, ({ ctx, query }) => listFleet(ctx, query.environment));
