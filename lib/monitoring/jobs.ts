import { z } from "zod";

import { defineJob } from "@/lib/platform/queue/define";

/** Counts what the gateways have logged. */
export const consumeJob = defineJob({ name: "inference.consume", queue: "fast", payload: z.strictObject({}) });
/** Joins labels that came before their predictions were counted, and gives up on those that never meet one. */
export const joinLabelsJob = defineJob({ name: "monitoring.join_labels", queue: "fast", payload: z.strictObject({}) });
/** Judges the closed windows of one monitor. */
export const evaluateJob = defineJob({ name: "monitoring.evaluate", queue: "fast", payload: z.strictObject({ monitorId: z.uuid() }) });
