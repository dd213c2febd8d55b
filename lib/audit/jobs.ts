import { z } from "zod";

import { defineJob } from "@/lib/platform/queue/define";

export const sequenceJob = defineJob({ name: "audit.sequence", queue: "fast", payload: z.strictObject({}) });
