import { route } from "@/lib/http/route";
import { testWebhookOperation } from "@/lib/webhooks";
import { testWebhook } from "@/lib/webhooks/server";

export const POST = route(testWebhookOperation, ({ ctx, params, body }) => testWebhook(ctx, params.webhook, body.event));
