import { z } from "zod";

import { defineJob } from "@/lib/platform/queue/define";

export const queueDeliveriesJob = defineJob({ name: "webhooks.queue", queue: "fast", payload: z.strictObject({}) });
export const deliverWebhookJob = defineJob({ name: "webhooks.deliver", queue: "slow", payload: z.strictObject({ webhookId: z.uuid() }) });
export const pruneDeliveriesJob = defineJob({ name: "webhooks.prune", queue: "slow", payload: z.strictObject({}) });
