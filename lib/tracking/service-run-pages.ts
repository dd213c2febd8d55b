import { recordChange } from "@/lib/audit/server";
import { can } from "@/lib/identity";
import { authorize } from "@/lib/identity/server";
import { type Context, transact } from "@/lib/platform/context";
import { listVersionsOfRuns } from "@/lib/registry/server";

import { toMetricValue } from "./metric-value";
import { toLoggedModel, toRunInfo, toTime } from "./present";
import type { DatasetView, RunUpdate, RunView } from "./schema";
import { needExperiment } from "./service-experiments";
import { deleteRunTag, getRun, needRun, setRunTag, updateRun } from "./service-runs";
import { countChildren, listModelNames, listModelsOfRun } from "./store-browse";
import { findRun, type RunInputRow, updateRunRow } from "./store-runs";

const noteTag = "mlflow.note.content";
const parentTag = "mlflow.parentRunId";
const contextTag = "mlflow.data.context";

const toDataset = ({ tags, dataset }: RunInputRow): DatasetView => ({
  name: dataset.name,
  digest: dataset.digest,
  sourceType: dataset.sourceType,
  source: dataset.source,
  context: tags.find(({ key }) => key === contextTag)?.value ?? null,
  schema: dataset.schema,
  profile: dataset.profile,
});

/** Everything that the page of a run shows. */
export const readRun = async (ctx: Context, runId: string): Promise<RunView> => {
  const run = await getRun(ctx, runId);
  const { db } = ctx.deps;
  const experiment = await needExperiment(db, ctx.workspace.id, String(run.experimentNumber));
  const tagOf = (key: string): string | undefined => run.tags.find((tag) => tag.key === key)?.value;
  const info = toRunInfo(run);
  const parentId = tagOf(parentTag);
  const parent = parentId !== undefined && /^[0-9a-f]{32}$/.test(parentId) ? await findRun(db, ctx.workspace.id, parentId) : undefined;
  const versions = can(ctx.actor, "model:read") ? await listVersionsOfRuns(db, ctx.workspace.id, [runId]) : [];
  return {
    ...info,
    experimentName: experiment.name,
    experimentStage: experiment.lifecycleStage === "deleted" ? "deleted" : "active",
    artifactUri: run.artifactUri,
    note: tagOf(noteTag) ?? "",
    metrics: run.metrics.map(({ key, value, step, timestamp }) => ({ key, value: toMetricValue(value), step, at: toTime(timestamp) ?? new Date(0).toISOString() })),
    params: run.params,
    tags: run.tags,
    datasets: run.inputs.map(toDataset),
    models: (await listModelsOfRun(db, ctx.workspace.id, runId, run.outputs.map(({ modelId }) => modelId), maxModels)).map(toLoggedModel),
    modelInputs: await listModelNames(db, ctx.workspace.id, run.modelInputs),
    versions: versions.map(({ model, number, status, loggedModelId, createdAt }) => ({ model, number, status, loggedModelId, createdAt: createdAt.toISOString() })),
    parent: parent ? { runId: parent.runId, name: parent.name } : null,
    childCount: (await countChildren(db, ctx.workspace.id, [runId], info.stage)).get(runId) ?? 0,
  };
};

const maxModels = 100;

/** Renames a run, writes its note, changes its tags. */
export const changeRun = async (ctx: Context, runId: string, { name, note, tags }: RunUpdate): Promise<RunView> => {
  authorize(ctx, "run:write");
  if (name !== undefined) await updateRun(ctx, runId, { name, status: undefined, endTime: undefined });
  const wanted: Record<string, string | null> = { ...tags, ...(note === undefined ? {} : { [noteTag]: note.trim() === "" ? null : note }) };
  const held = Object.values(wanted).includes(null) ? new Set((await getRun(ctx, runId)).tags.map(({ key }) => key)) : new Set<string>();
  for (const [key, value] of Object.entries(wanted)) {
    if (value !== null) await setRunTag(ctx, runId, key, value);
    else if (held.has(key)) await deleteRunTag(ctx, runId, key);
  }
  return readRun(ctx, runId);
};

/** Deletes (hides) or restores runs, all of them or none; those that are there already stay as they are. */
export const moveRuns = async (ctx: Context, runIds: readonly string[], stage: "active" | "deleted"): Promise<number> => {
  authorize(ctx, "run:write");
  return transact(ctx.deps, async (tx, now) => {
    let changed = 0;
    for (const runId of [...new Set(runIds)].sort()) {
      const run = await needRun(tx, ctx.workspace.id, runId);
      if (run.lifecycleStage === stage) continue;
      await updateRunRow(tx, run.seq, { lifecycleStage: stage, deletedAt: stage === "deleted" ? now : null });
      await recordChange(tx, ctx, now, { action: stage === "deleted" ? "run.delete" : "run.restore", target: { type: "run", id: runId, name: run.name } });
      changed += 1;
    }
    return changed;
  });
};
