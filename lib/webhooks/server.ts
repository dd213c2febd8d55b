export { deliverWebhook, isQueueingDue, listDueWebhooks, pruneDeliveries, queueDeliveries } from "./deliver";
export { deliverWebhookJob, pruneDeliveriesJob, queueDeliveriesJob } from "./jobs";
export { createWebhook, deleteWebhook, getWebhook, listDeliveries, listWebhooks, resendDelivery, testWebhook, updateWebhook } from "./service";
