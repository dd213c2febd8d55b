import { route } from "@/lib/http/route";
import { addLabelsOperation } from "@/lib/monitoring";
import { addLabels } from "@/lib/monitoring/server";

export const POST = route(addLabelsOperation, ({ ctx, body }) => addLabels(ctx, body));
