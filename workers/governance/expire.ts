import { expireRequests, expireRequestsJob } from "@/lib/governance/server";

import { entry } from "../job-entry";

export const expireRequestsEntry = entry({ job: expireRequestsJob, everyMs: 60_000, handle: (deps) => expireRequests(deps) });
