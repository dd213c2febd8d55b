import { z } from "zod";

import { defineJob } from "@/lib/platform/queue/define";

/** Purges a batch of what was deleted long ago. */
export const purgeJob = defineJob({ name: "tracking.purge", queue: "slow", payload: z.strictObject({}) });
