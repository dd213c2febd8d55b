import { forgetFolder, recordPurge } from "@/lib/artifacts/server";
import { type Deps, transact } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { folderOf } from "./mlflow/resolve-source";
import { type Cutoff, deleteDueExperiments, deleteDueModels, deleteDueRuns, deleteDueTraces, deleteMetricLeftovers } from "./store-purge";

const runsAtOnce = 50;
const modelsAtOnce = 50;
const tracesAtOnce = 500;
const experimentsAtOnce = 50;
const pointsAtOnce = 20_000;
const namedInEvent = 100;

export type Purged = { runs: number; loggedModels: number; traces: number; experiments: number; artifacts: number; metricPoints: number };

type Batch = { workspaceId: string; name: string; artifacts: number };

/**
 * Purges what was deleted longer than SLIPWAY_GC_DELETED_AFTER ago: runs, logged models, and experiments with all that is in them,
 * except what a version was made from. Each batch is one transaction with its audit events; the history of metrics follows in
 * batches of its own. Safe to kill, to run twice and beside itself.
 */
export const purgeDeleted = async (deps: Deps, shouldGoOn: () => boolean): Promise<Purged> => {
  const total: Purged = { runs: 0, loggedModels: 0, traces: 0, experiments: 0, artifacts: 0, metricPoints: 0 };
  const kinds = [
    { kind: "runs", action: "run.purge", limit: runsAtOnce, work: purgeRuns },
    { kind: "loggedModels", action: "logged_model.purge", limit: modelsAtOnce, work: purgeModels },
    { kind: "traces", action: "trace.purge", limit: tracesAtOnce, work: purgeTraces },
    { kind: "experiments", action: "experiment.purge", limit: experimentsAtOnce, work: purgeExperiments },
  ] as const;
  for (const { kind, action, limit, work } of kinds) {
    for (let found: number = limit; found === limit && shouldGoOn(); ) {
      const batch = await transact(deps, async (tx, now) => {
        const gone = await work(tx, { before: new Date(now.getTime() - deps.env.gcDeletedAfterMs) }, limit, now);
        await record(deps, tx, now, action, kind, gone);
        return gone;
      });
      found = batch.length;
      total[kind] += batch.length;
      total.artifacts += batch.reduce((sum, { artifacts }) => sum + artifacts, 0);
    }
  }
  while (shouldGoOn()) {
    const points = await transact(deps, (tx) => deleteMetricLeftovers(tx, pointsAtOnce));
    if (points === undefined) break;
    total.metricPoints += points;
  }
  return total;
};

/** Forgets the artifacts of a thing whose folder nobody else can have: one whose path names it. */
const forgetOwnFolder = async (tx: Tx, workspaceId: string, uri: string, id: string): Promise<number> => {
  const folder = folderOf(uri);
  return folder !== undefined && folder.split("/").includes(id) ? forgetFolder(tx, workspaceId, folder) : 0;
};

const purgeRuns = async (tx: Tx, cutoff: Cutoff, limit: number, now: Date): Promise<Batch[]> => {
  const gone: Batch[] = [];
  for (const { workspaceId, runId, artifactUri } of await deleteDueRuns(tx, cutoff, limit, now)) gone.push({ workspaceId, name: runId, artifacts: await forgetOwnFolder(tx, workspaceId, artifactUri, runId) });
  return gone;
};

const purgeModels = async (tx: Tx, cutoff: Cutoff, limit: number): Promise<Batch[]> => {
  const gone: Batch[] = [];
  for (const { workspaceId, modelId, artifactUri } of await deleteDueModels(tx, cutoff, limit)) gone.push({ workspaceId, name: modelId, artifacts: await forgetOwnFolder(tx, workspaceId, artifactUri, modelId) });
  return gone;
};

const purgeTraces = async (tx: Tx, cutoff: Cutoff, limit: number): Promise<Batch[]> => (await deleteDueTraces(tx, cutoff, limit)).map(({ workspaceId }) => ({ workspaceId, name: "", artifacts: 0 }));

const purgeExperiments = async (tx: Tx, cutoff: Cutoff, limit: number): Promise<Batch[]> => {
  const gone: Batch[] = [];
  for (const { workspaceId, number, artifactLocation } of await deleteDueExperiments(tx, cutoff, limit)) {
    const isOwn = folderOf(artifactLocation) === String(number); // a location that its maker chose may be shared with others
    gone.push({ workspaceId, name: String(number), artifacts: isOwn ? await forgetFolder(tx, workspaceId, String(number)) : 0 });
  }
  return gone;
};

/** Writes one audit event a workspace and batch, with counts and the first names. */
const record = async (deps: Deps, tx: Tx, now: Date, action: string, kind: string, gone: readonly Batch[]): Promise<void> => {
  for (const workspaceId of new Set(gone.map((one) => one.workspaceId))) {
    const own = gone.filter((one) => one.workspaceId === workspaceId);
    const names = own.map(({ name }) => name).filter((name) => name !== "").slice(0, namedInEvent);
    await recordPurge(deps, tx, now, workspaceId, action, { [kind]: own.length, artifacts: own.reduce((sum, { artifacts }) => sum + artifacts, 0), ...(names.length > 0 && { ids: names }) });
  }
};
