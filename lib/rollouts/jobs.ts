import { z } from "zod";

import { defineJob } from "@/lib/platform/queue/define";

export const tickRolloutJob = defineJob({ name: "rollout.tick", queue: "fast", payload: z.strictObject({ rolloutId: z.uuid() }) });
