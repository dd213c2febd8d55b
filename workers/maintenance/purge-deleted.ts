import { goOnFor } from "@/lib/artifacts/server";
import { releaseDeletedVersions } from "@/lib/registry/server";
import { purgeDeleted, purgeJob } from "@/lib/tracking/server";

import { entry } from "../job-entry";
import { tallyOf } from "../tally";

const budgetMs = 10_000;

export const purgeEntry = entry({
  job: purgeJob,
  everyMs: 60_000,
  handle: async (deps) => {
    const shouldGoOn = goOnFor(budgetMs);
    return { versions: await releaseDeletedVersions(deps, shouldGoOn), ...(await purgeDeleted(deps, shouldGoOn)) };
  },
  tally: tallyOf,
});
