import { api, apiPath, type Page } from "@/lib/http/api-client";
import type { DeliveryView, TestView, WebhookView } from "@/lib/webhooks";

export const webhookKeys = {
  all: (workspace: string) => ["webhooks", workspace] as const,
  deliveries: (workspace: string, id: string, status: string) => ["webhooks", workspace, id, "deliveries", status] as const,
};

const path = (workspace: string, ...rest: string[]): string => apiPath(workspace, "webhooks", ...rest);

export type WebhookChange = { name?: string; url?: string; events?: string[]; description?: string; secret?: string; status?: "ACTIVE" | "DISABLED" };

export const fetchWebhooks = (workspace: string, cursor: string | undefined, signal: AbortSignal) => api.get<Page<WebhookView>>(path(workspace), { query: { cursor }, signal });
export const createWebhook = (workspace: string, body: WebhookChange) => api.post<WebhookView>(path(workspace), body);
export const updateWebhook = (workspace: string, id: string, body: WebhookChange) => api.patch<WebhookView>(path(workspace, id), body);
export const deleteWebhook = (workspace: string, id: string) => api.delete(path(workspace, id));
export const testWebhook = (workspace: string, id: string, event: string) => api.post<TestView>(path(workspace, id, "test"), { event });
export const fetchDeliveries = (workspace: string, id: string, status: string | undefined, cursor: string | undefined, signal: AbortSignal) => api.get<Page<DeliveryView>>(path(workspace, id, "deliveries"), { query: { status, cursor, limit: "20" }, signal });
export const resendDelivery = (workspace: string, id: string, deliveryId: string) => api.post<DeliveryView>(path(workspace, id, "deliveries", deliveryId, "resend"), {});
