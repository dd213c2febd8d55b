import { recordChange } from "@/lib/audit/server";
import { authorize } from "@/lib/identity/server";
import { type Context, transact } from "@/lib/platform/context";
import { type Tx } from "@/lib/platform/db";

import { invalid, missing } from "./errors";
import { checkKey, cutValue, maxTagValue } from "./limits";
import { deleteTag, findFullRun, findRun, type KeyValue, loadRunDetails, type RunDetails, type RunRow, updateRunRow, upsertTags } from "./store-runs";

export type RunStatus = "RUNNING" | "SCHEDULED" | "FINISHED" | "FAILED" | "KILLED";
export type FullRun = RunRow & RunDetails;

const nameTag = "mlflow.runName";
const terminal: readonly string[] = ["FINISHED", "FAILED", "KILLED"];
const noDetails: RunDetails = { metrics: [], params: [], tags: [], inputs: [], outputs: [], modelInputs: [] };

export const isRunId = (text: string): boolean => /^[0-9a-f]{32}$/.test(text);

const unknownRun = (runId: string) => missing(`Run with id=${runId.slice(0, 300)} not found`);

export const needRun = async (tx: Tx, workspaceId: string, runId: string): Promise<RunRow> => {
  const run = isRunId(runId) ? await findRun(tx, workspaceId, runId) : undefined;
  if (!run) throw unknownRun(runId);
  return run;
};

/** The run, or invalid when it is deleted: deleted runs don't change. */
export const needActiveRun = async (tx: Tx, workspaceId: string, runId: string): Promise<RunRow> => {
  const run = await needRun(tx, workspaceId, runId);
  if (run.lifecycleStage !== "active") throw invalid(`The run ${runId} must be in the 'active' state. Current state is ${run.lifecycleStage}.`);
  return run;
};

export const getRun = async (ctx: Context, runId: string): Promise<FullRun> => {
  authorize(ctx, "run:read");
  const run = isRunId(runId) ? await findFullRun(ctx.deps.db, ctx.workspace.id, runId) : undefined;
  if (!run) throw unknownRun(runId);
  return run;
};

export type RunChange = { status: RunStatus | undefined; endTime: number | undefined; name: string | undefined };

/** Changes status, end and name. A run that ends is put on the record, once per ending. */
export const updateRun = async (ctx: Context, runId: string, { status, endTime, name }: RunChange): Promise<RunRow> => {
  authorize(ctx, "run:write");
  return transact(ctx.deps, async (tx, now) => {
    const run = await needActiveRun(tx, ctx.workspace.id, runId);
    if (name) await upsertTags(tx, run.seq, [{ key: nameTag, value: name }]); // before the run's row, as logging does: two orders would be a deadlock
    await updateRunRow(tx, run.seq, { ...(status && { status }), ...(endTime !== undefined && { endTime }), ...(name && { name }) });
    const after = await needRun(tx, ctx.workspace.id, runId);
    if (status && terminal.includes(status) && run.status !== status) await recordFinish(tx, ctx, now, after);
    return after;
  });
};

const recordFinish = async (tx: Tx, ctx: Context, now: Date, run: RunRow): Promise<void> => {
  const { metrics, params, tags, inputs, outputs } = (await loadRunDetails(tx, [run.seq])).get(run.seq) ?? noDetails;
  const tagOf = (key: string): string | undefined => tags.find((tag) => tag.key === key)?.value;
  await recordChange(tx, ctx, now, {
    action: "run.finish",
    target: { type: "run", id: run.runId, name: run.name },
    change: { after: { status: run.status, metrics: metrics.length, params: params.length, inputs: inputs.length, outputs: outputs.map(({ modelId }) => modelId) } },
    event: {
      data: {
        run: { id: run.runId, name: run.name, experimentId: String(run.experimentNumber), status: run.status, startTime: run.startTime, endTime: run.endTime },
        metrics: Object.fromEntries(metrics.map(({ key, value }) => [key, Number.isFinite(value) ? value : String(value)])),
        params: Object.fromEntries(params.map(({ key, value }) => [key, value])),
        inputs: inputs.map(({ dataset }) => ({ name: dataset.name, digest: dataset.digest, sourceType: dataset.sourceType })),
        outputs: outputs.map(({ modelId }) => modelId),
        source: { name: tagOf("mlflow.source.name"), commit: tagOf("mlflow.source.git.commit") },
      },
    },
  });
};

/** Deletes (hides) or restores a run; doing it twice changes nothing. */
export const setRunStage = async (ctx: Context, runId: string, lifecycleStage: "active" | "deleted"): Promise<void> => {
  authorize(ctx, "run:write");
  await transact(ctx.deps, async (tx, now) => {
    const run = await needRun(tx, ctx.workspace.id, runId);
    if (run.lifecycleStage === lifecycleStage) return;
    await updateRunRow(tx, run.seq, { lifecycleStage, deletedAt: lifecycleStage === "deleted" ? now : null });
    await recordChange(tx, ctx, now, { action: lifecycleStage === "deleted" ? "run.delete" : "run.restore", target: { type: "run", id: runId, name: run.name } });
  });
};

/** A name that is none leaves a run the one that it has, as in MLflow. */
export const isNoName = ({ key, value }: KeyValue): boolean => key === nameTag && value === "";

/** Sets a tag; mlflow.runName renames the run. */
export const setRunTag = async (ctx: Context, runId: string, key: string, value: string): Promise<void> => {
  authorize(ctx, "run:write");
  checkKey(key, "tag");
  await transact(ctx.deps, async (tx) => {
    const run = await needActiveRun(tx, ctx.workspace.id, runId);
    if (isNoName({ key, value })) return;
    const kept = cutValue(value, maxTagValue);
    await upsertTags(tx, run.seq, [{ key, value: kept }]);
    if (key === nameTag) await updateRunRow(tx, run.seq, { name: kept });
  });
};

export const deleteRunTag = async (ctx: Context, runId: string, key: string): Promise<void> => {
  authorize(ctx, "run:write");
  const run = await needActiveRun(ctx.deps.db, ctx.workspace.id, runId);
  if (!(await deleteTag(ctx.deps.db, run.seq, key))) throw missing(`No tag with name: ${key} in run with id ${runId}`);
};
