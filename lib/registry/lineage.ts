import { formatId } from "@/lib/core/ids";

import type { RunLineage } from "./store-lineage";

type Registered = { workspaceId: string; modelId: string; versionId: string; number: number; runId: string | null; loggedModelId: string | null; source: string; manifestDigest: string | null; flavors: { name: string; version: string | null }[] | null };

/**
 * Where a version comes from, as the event of its registration carries it. Resources are named by ids that never change,
 * so that a reader can join events whatever things are called by then.
 */
export const lineageOf = ({ workspaceId, modelId, versionId, number, runId, loggedModelId, source, manifestDigest, flavors }: Registered, run: RunLineage | undefined): Record<string, unknown> => {
  const root = `workspaces/${formatId("workspace", workspaceId)}`;
  const runName = (id: string): string => `${root}/runs/${id}`;
  const model = `${root}/models/${formatId("model", modelId)}`;
  return {
    schemaVersion: 1,
    version: { resource: `${model}/versions/${formatId("version", versionId)}`, number, manifestDigest: manifestDigest === null ? null : `sha256:${manifestDigest}`, source, flavors },
    model: { resource: model },
    loggedModel: loggedModelId === null ? null : { resource: `${root}/logged-models/${loggedModelId}` },
    run: run
      ? {
          resource: runName(run.runId),
          experiment: { resource: `${root}/experiments/${run.experiment.number}`, name: run.experiment.name },
          name: run.name,
          status: run.status,
          startTime: run.startTime === null ? null : new Date(run.startTime).toISOString(),
          endTime: run.endTime === null ? null : new Date(run.endTime).toISOString(),
          source: run.source,
          parent: run.parentRunId === null ? null : { resource: runName(run.parentRunId) },
          params: run.params,
          metrics: run.metrics,
          datasets: run.datasets.map((dataset) => ({ resource: `${root}/datasets/${encodeURIComponent(dataset.name)}@${dataset.digest}`, ...dataset })),
          isCut: run.isCut,
        }
      : // The run may be of another tracking server: its id is all that is known.
        runId === null ? null : { resource: runName(runId) },
  };
};
