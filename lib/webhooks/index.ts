export { isWebhookEvent, webhookEvents } from "./events";
export * from "./operations";
export { type DeliveryView, type TestView, WebhookCreate, WebhookUpdate, type WebhookView } from "./schema";
