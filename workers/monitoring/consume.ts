import { consumeBatches, consumeJob, isConsumptionDue } from "@/lib/monitoring/server";

import { entry } from "../job-entry";

/** Batches that one job counts before it lets others have their turn. */
const rounds = 10;

export const consumeEntry = entry({
  job: consumeJob,
  handle: async (deps) => {
    for (let round = 0; round < rounds; round += 1) if (!(await consumeBatches(deps)).more) return;
  },
  sweep: async (deps) => ((await isConsumptionDue(deps)) ? [{}] : []),
  everyMs: 500,
});
