import { formatId } from "@/lib/core/ids";

import type { DeliveryView, WebhookView } from "./schema";
import type { DeliveryCounts, DeliveryRow, WebhookRow } from "./store";

type DeliveryStatus = DeliveryView["status"];
const none = { pending: 0, failed: 0, lastStatus: null, lastSentAt: null };

export const toWebhookView = (row: WebhookRow, counts: Omit<DeliveryCounts, "webhookId"> = none): WebhookView => ({
  id: formatId("webhook", row.id),
  name: row.name,
  url: row.url,
  events: row.events,
  description: row.description,
  isSigned: row.secret !== null,
  status: row.status as WebhookView["status"],
  createdBy: row.createdBy,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
  deliveries: { pending: counts.pending, failed: counts.failed, lastStatus: counts.lastStatus as DeliveryStatus | null, lastSentAt: counts.lastSentAt?.toISOString() ?? null },
});

export const toDeliveryView = (row: DeliveryRow): DeliveryView => ({
  id: formatId("delivery", row.id),
  event: row.event,
  status: row.status as DeliveryStatus,
  attempts: row.attempts,
  createdAt: row.createdAt.toISOString(),
  sentAt: row.sentAt?.toISOString() ?? null,
  nextAt: row.status === "pending" ? row.dueAt.toISOString() : null,
  responseStatus: row.responseStatus,
  responseBody: row.responseBody,
  error: row.error,
  body: row.body,
});
