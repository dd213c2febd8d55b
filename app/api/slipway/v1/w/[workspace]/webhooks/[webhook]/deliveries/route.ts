import { route } from "@/lib/http/route";
import { listDeliveriesOperation } from "@/lib/webhooks";
import { listDeliveries } from "@/lib/webhooks/server";

export const GET = route(listDeliveriesOperation, ({ ctx, params, query }) => listDeliveries(ctx, params.webhook, query));
