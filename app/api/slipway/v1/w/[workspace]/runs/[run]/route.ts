import { route } from "@/lib/http/route";
import { getRunOperation, updateRunOperation } from "@/lib/tracking";
import { changeRun, readRun } from "@/lib/tracking/server";

export const GET = route(getRunOperation, ({ ctx, params }) => readRun(ctx, params.run));
export const PATCH = route(updateRunOperation, ({ ctx, params, body }) => changeRun(ctx, params.run, body));
