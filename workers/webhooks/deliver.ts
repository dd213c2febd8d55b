import { deliverWebhook, deliverWebhookJob, isQueueingDue, listDueWebhooks, pruneDeliveries, pruneDeliveriesJob, queueDeliveries, queueDeliveriesJob } from "@/lib/webhooks/server";

import { entry } from "../job-entry";

/** Turns events of the outbox into deliveries; those that are noted are the due work. */
export const queueDeliveriesEntry = entry({ job: queueDeliveriesJob, handle: (deps) => queueDeliveries(deps), sweep: async (deps) => ((await isQueueingDue(deps)) ? [{}] : []) });

/** Sends what is due to each webhook. */
export const deliverWebhookEntry = entry({
  job: deliverWebhookJob,
  everyMs: 1_000,
  handle: (deps, { webhookId }) => deliverWebhook(deps, webhookId),
  sweep: async (deps) => (await listDueWebhooks(deps)).map((webhookId) => ({ webhookId })),
});

export const pruneDeliveriesEntry = entry({ job: pruneDeliveriesJob, everyMs: 600_000, handle: (deps) => pruneDeliveries(deps) });
