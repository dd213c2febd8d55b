import { route } from "@/lib/http/route";
import { resendDeliveryOperation } from "@/lib/webhooks";
import { resendDelivery } from "@/lib/webhooks/server";

export const POST = route(resendDeliveryOperation, ({ ctx, params }) => resendDelivery(ctx, params.webhook, params.delivery));
