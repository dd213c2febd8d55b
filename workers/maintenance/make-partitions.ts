import { hourMs } from "@/lib/core/durations";
import { makePartitions, partitionsJob } from "@/lib/inference/retention";

import { entry } from "../job-entry";

export const partitionsEntry = entry({ job: partitionsJob, everyMs: hourMs, handle: makePartitions });
