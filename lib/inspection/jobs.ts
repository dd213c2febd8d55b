import { z } from "zod";

import { defineJob } from "@/lib/platform/queue/define";

/** Reads what is inside the files of a version and settles it. */
export const inspectJob = defineJob({ name: "inspection.inspect", queue: "slow", payload: z.object({ inspectionId: z.uuid() }) });
