import { reconcileRuntimes, reconcileRuntimesJob } from "@/lib/serving/server";

import { entry } from "../job-entry";

export const reconcileRuntimesEntry = entry({ job: reconcileRuntimesJob, everyMs: 2_000, handle: (deps) => reconcileRuntimes(deps) });
