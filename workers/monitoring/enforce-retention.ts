import { enforceMonitoringRetention, monitoringRetentionJob } from "@/lib/monitoring/server";

import { entry } from "../job-entry";
import { tallyOf } from "../tally";

export const monitoringRetentionEntry = entry({ job: monitoringRetentionJob, everyMs: 600_000, handle: enforceMonitoringRetention, tally: tallyOf });
