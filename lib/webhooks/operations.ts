import { z } from "zod";

import { defineOperation, pageOf, pageQuery } from "@/lib/http/operation";

import { deliveryStatuses, DeliveryView, TestCreate, TestView, WebhookCreate, WebhookUpdate, WebhookView } from "./schema";

const webhooks = "/w/{workspace}/webhooks";
const webhook = `${webhooks}/{webhook}`;
const params = z.object({ webhook: z.string().max(80) });
const permission = "webhook:manage" as const;

export const listWebhooksOperation = defineOperation({ id: "listWebhooks", method: "GET", path: webhooks, summary: "List webhooks, newest first", permission, query: pageQuery, response: pageOf(WebhookView) });
export const createWebhookOperation = defineOperation({ id: "createWebhook", method: "POST", path: webhooks, summary: "Create a webhook", permission, body: WebhookCreate, response: WebhookView, status: 201 });
export const getWebhookOperation = defineOperation({ id: "getWebhook", method: "GET", path: webhook, summary: "Read a webhook", permission, params, response: WebhookView });
export const updateWebhookOperation = defineOperation({ id: "updateWebhook", method: "PATCH", path: webhook, summary: "Change, disable or enable a webhook", permission, params, body: WebhookUpdate, response: WebhookView });
export const deleteWebhookOperation = defineOperation({ id: "deleteWebhook", method: "DELETE", path: webhook, summary: "Delete a webhook with its history", permission, params });
export const testWebhookOperation = defineOperation({ id: "testWebhook", method: "POST", path: `${webhook}/test`, summary: "Send an example to a webhook now and say what it answered", permission, params, body: TestCreate, response: TestView });
export const listDeliveriesOperation = defineOperation({ id: "listWebhookDeliveries", method: "GET", path: `${webhook}/deliveries`, summary: "List what was sent to a webhook, newest first", permission, params, query: pageQuery.extend({ status: z.enum(deliveryStatuses).optional() }), response: pageOf(DeliveryView) });
export const resendDeliveryOperation = defineOperation({ id: "resendWebhookDelivery", method: "POST", path: `${webhook}/deliveries/{delivery}/resend`, summary: "Send a notice again, under the same delivery id", permission, params: params.extend({ delivery: z.string().max(80) }), response: DeliveryView });

export const operations = [
  listWebhooksOperation,
  createWebhookOperation,
  getWebhookOperation,
  updateWebhookOperation,
  deleteWebhookOperation,
  testWebhookOperation,
  listDeliveriesOperation,
  resendDeliveryOperation,
];
