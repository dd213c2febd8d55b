import { randomUUID } from "node:crypto";

import { findDueRollouts, tickRollout, tickRolloutJob } from "@/lib/rollouts/server";

import { entry } from "../job-entry";

/** Names this process in leases. */
const owner = `worker-${process.pid}-${randomUUID().slice(0, 8)}`;

export const tickRolloutEntry = entry({
  job: tickRolloutJob,
  handle: (deps, payload) => tickRollout(deps, payload, owner),
  sweep: findDueRollouts,
});
