import { hashJob, hashPending, listDueHashes } from "@/lib/artifacts/server";
import { freezeWaitingVersion, listVersionsToFreeze } from "@/lib/registry/server";

import { entry } from "../job-entry";

/** Versions that waited for the last of their files are frozen with it; a sweep finds those whose worker died in between. */
export const hashEntry = entry({
  job: hashJob,
  everyMs: 2_000,
  handle: async (deps, { name }) => {
    await hashPending(deps, name);
    for (const version of await listVersionsToFreeze(deps)) await freezeWaitingVersion(deps, version);
  },
  sweep: async (deps) => {
    const names = await listDueHashes(deps);
    if (names.length === 0) for (const version of await listVersionsToFreeze(deps)) await freezeWaitingVersion(deps, version);
    return names.map((name) => ({ name }));
  },
});
