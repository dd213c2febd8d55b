import { route } from "@/lib/http/route";
import { deleteWebhookOperation, getWebhookOperation, updateWebhookOperation } from "@/lib/webhooks";
import { deleteWebhook, getWebhook, updateWebhook } from "@/lib/webhooks/server";

export const GET = route(getWebhookOperation, ({ ctx, params }) => getWebhook(ctx, params.webhook));
export const PATCH = route(updateWebhookOperation, ({ ctx, params, body }) => updateWebhook(ctx, params.webhook, body));
export const DELETE = route(deleteWebhookOperation, ({ ctx, params }) => deleteWebhook(ctx, params.webhook));
