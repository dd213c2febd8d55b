import { collectStorage } from "@/lib/artifacts/server";
import { systemContext } from "@/lib/identity/server";
import type { Deps } from "@/lib/platform/context";
import { releaseDeletedVersions } from "@/lib/registry/server";
import { describeStorage } from "@/lib/storage/server";
import { purgeDeleted } from "@/lib/tracking/server";

import { listWorkspaces } from "./store-workspaces";

const sizeOf = (bytes: number): string => (bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`);
const listed = (counts: Record<string, number>): string => Object.entries(counts).filter(([, count]) => count > 0).map(([name, count]) => `${count} ${count === 1 ? name.replace(/s( in the store)?$/, "$1") : name}`).join(", ") || "nothing";

/** Says of each workspace what is due to be purged, and what waits. */
const describeDue = async (deps: Deps, say: (line: string) => void): Promise<void> => {
  for (const workspace of await listWorkspaces(deps.db)) {
    const { usedBytes, files, deleted, unused } = await describeStorage(systemContext(deps, workspace, "admin"));
    const of = (state: "due" | "waiting" | "held"): string => listed({ runs: deleted.runs[state], experiments: deleted.experiments[state], "logged models": deleted.loggedModels[state], versions: deleted.versions[state] });
    say(`${workspace.name}: ${sizeOf(usedBytes)} in ${files} files`);
    say(`  due now          ${of("due")}; ${unused.due.files} unused files (${sizeOf(unused.due.bytes)})`);
    say(`  still waiting    ${of("waiting")}; ${unused.waiting.files} unused files (${sizeOf(unused.waiting.bytes)})`);
    say(`  kept for versions ${of("held")}`);
  }
};

/** Purges what is due now, as the worker does by itself every minute; or only says what that would be. */
export const collectGarbage = async (deps: Deps, isDryRun: boolean, say: (line: string) => void): Promise<void> => {
  if (isDryRun) {
    await describeDue(deps, say);
    say("Nothing was changed. What is purged frees unused files, which go after their own time.");
    return;
  }
  const always = (): boolean => true;
  const versions = await releaseDeletedVersions(deps, always);
  const purged = await purgeDeleted(deps, always);
  say(`Purged ${listed({ versions, runs: purged.runs, "logged models": purged.loggedModels, traces: purged.traces, experiments: purged.experiments, artifacts: purged.artifacts, "metric points": purged.metricPoints })}.`);
  const { blobs, bytes, manifests, removed, strays, uploads } = await collectStorage(deps, always);
  say(`Let go of ${listed({ "unused files": blobs, manifests, "strays in the store": strays, "abandoned uploads": uploads })} (${sizeOf(bytes)}); removed the bytes of ${removed} whose hour was over.`);
};
