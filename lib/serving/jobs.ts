import { z } from "zod";

import { defineJob } from "@/lib/platform/queue/define";

export const reconcileRuntimesJob = defineJob({ name: "serving.reconcile", queue: "slow", payload: z.strictObject({}) });
