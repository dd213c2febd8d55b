import { route } from "@/lib/http/route";
import { createWebhookOperation, listWebhooksOperation } from "@/lib/webhooks";
import { createWebhook, listWebhooks } from "@/lib/webhooks/server";

export const GET = route(listWebhooksOperation, ({ ctx, query }) => listWebhooks(ctx, query));
export const POST = route(createWebhookOperation, ({ ctx, body }) => createWebhook(ctx, body));
