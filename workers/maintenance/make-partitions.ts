import { makePartitions, partitionsJob } from "@/lib/inference/retention";

import { entry } from "../job-entry";

export const partitionsEntry = entry({ job: partitionsJob, everyMs: 3_600_000, handle: makePartitions });
