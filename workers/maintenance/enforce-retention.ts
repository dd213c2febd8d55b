import { enforceRetention, retentionJob } from "@/lib/inference/retention";

import { entry } from "../job-entry";

export const retentionEntry = entry({ job: retentionJob, everyMs: 60_000, handle: enforceRetention });
