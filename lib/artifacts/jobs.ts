import { z } from "zod";

import { defineJob } from "@/lib/platform/queue/define";

/** Reads bytes that came directly into the object store and gives them their digest. */
export const hashJob = defineJob({ name: "artifacts.hash", queue: "slow", payload: z.object({ name: z.string() }) });

/** Removes a batch of what nothing refers to. */
export const collectJob = defineJob({ name: "artifacts.collect", queue: "slow", payload: z.strictObject({}) });
