import { isSequencingDue, sequenceAudit, sequenceJob } from "@/lib/audit/server";

import { entry } from "../job-entry";

/** Numbers audit events; the queue of those without a number is the due work. */
export const sequenceEntry = entry({
  job: sequenceJob,
  handle: (deps) => sequenceAudit(deps),
  sweep: async (deps) => ((await isSequencingDue(deps)) ? [{}] : []),
});
