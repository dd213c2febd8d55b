import { isJoinDue, joinLabels, joinLabelsJob } from "@/lib/monitoring/server";

import { entry } from "../job-entry";

export const joinLabelsEntry = entry({
  job: joinLabelsJob,
  handle: (deps) => joinLabels(deps),
  sweep: async (deps) => ((await isJoinDue(deps)) ? [{}] : []),
  everyMs: 2_000,
});
