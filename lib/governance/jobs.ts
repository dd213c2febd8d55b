import { z } from "zod";

import { defineJob } from "@/lib/platform/queue/define";

export const expireRequestsJob = defineJob({ name: "governance.expire", queue: "slow", payload: z.strictObject({}) });
