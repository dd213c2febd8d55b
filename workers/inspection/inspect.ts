import { inspectJob, listDueInspections } from "@/lib/inspection/server";
import { inspectVersion } from "@/lib/registry/server";

import { entry } from "../job-entry";

export const inspectEntry = entry({
  job: inspectJob,
  everyMs: 2_000,
  handle: (deps, { inspectionId }) => inspectVersion(deps, inspectionId),
  sweep: async (deps) => (await listDueInspections(deps)).map((inspectionId) => ({ inspectionId })),
});
