import { collectJob, collectStorage } from "@/lib/artifacts/server";

import { entry } from "../job-entry";
import { tallyOf } from "../tally";

export const collectEntry = entry({ job: collectJob, everyMs: 60_000, handle: (deps) => collectStorage(deps), tally: tallyOf });
