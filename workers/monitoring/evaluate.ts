import { evaluateJob, evaluateMonitor, findDueMonitors } from "@/lib/monitoring/server";

import { entry } from "../job-entry";

export const evaluateEntry = entry({ job: evaluateJob, handle: evaluateMonitor, sweep: findDueMonitors, everyMs: 1_000 });
