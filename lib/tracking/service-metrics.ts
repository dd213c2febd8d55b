import { authorize } from "@/lib/identity/server";
import { type Context, transact } from "@/lib/platform/context";

import { invalid } from "./errors";
import { batchLimits, checkKey, cutValue, maxParamValue, maxTagValue } from "./limits";
import { needLoggedModel } from "./service-logged-models";
import { isRunId, needActiveRun, needRun } from "./service-runs";
import { type DatasetInput, insertRunInput } from "./store-datasets";
import { logToRun } from "./store-log";
import { linkOutput } from "./store-logged-models";
import { type HistoryPoint, learnMetricKeys, listHistory, type MetricPoint } from "./store-metrics";
import type { KeyValue } from "./store-runs";

export type Batch = { metrics: MetricPoint[]; params: KeyValue[]; tags: KeyValue[] };

/** Writes metrics, params and tags of a run, all of them or none; repeating a batch changes nothing. */
export const logBatch = async (ctx: Context, runId: string, { metrics, params, tags }: Batch): Promise<void> => {
  authorize(ctx, "run:write");
  checkBatch({ metrics, params, tags });
  const { db } = ctx.deps;
  const workspaceId = ctx.workspace.id;
  if (!isRunId(runId)) await needActiveRun(db, workspaceId, runId);
  const keyIds = await learnMetricKeys(db, workspaceId, metrics.map(({ key }) => key));
  const entry = {
    metrics,
    params: params.map(({ key, value }) => ({ key, value: cutValue(value, maxParamValue) })),
    tags: tags.map(({ key, value }) => ({ key, value: cutValue(value, maxTagValue) })),
    keyIds,
  };
  let outcome = await logToRun(db, workspaceId, runId, entry);
  if (outcome === "unknown") {
    await needActiveRun(db, workspaceId, runId); // says what is wrong with it, unless it was restored this moment
    outcome = await logToRun(db, workspaceId, runId, entry);
  }
  if (typeof outcome === "object") {
    const { key, value, wanted } = outcome;
    throw invalid(`Changing param values is not allowed. Param with key='${key}' was already logged with value='${value}' for run ID='${runId}'. Attempted logging new value '${wanted}'.`);
  }
};

const checkBatch = ({ metrics, params, tags }: Batch): void => {
  const counts = { metrics: metrics.length, params: params.length, tags: tags.length, total: metrics.length + params.length + tags.length };
  for (const [what, count] of Object.entries(counts)) {
    const limit = batchLimits[what as keyof typeof counts];
    if (count > limit) throw invalid(`A batch logging request can contain at most ${limit} ${what === "total" ? "metrics, params and tags" : what}. Got ${count}. Split it into several requests.`);
  }
  metrics.forEach(({ key }) => checkKey(key, "metric"));
  params.forEach(({ key }) => checkKey(key, "param"));
  tags.forEach(({ key }) => checkKey(key, "tag"));
  const keys = params.map(({ key }) => key);
  const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
  if (repeated !== undefined) throw invalid(`Duplicate parameter keys have been submitted: ${repeated}. Log each param once.`);
};

/** Points of one metric by time, from behind `after` on; one more than `limit` when there are more. */
export const getHistory = async (ctx: Context, runId: string, key: string, { after, limit }: { after: HistoryPoint | undefined; limit: number }): Promise<HistoryPoint[]> => {
  authorize(ctx, "run:read");
  const points = isRunId(runId) ? await listHistory(ctx.deps.db, ctx.workspace.id, runId, key, { after, limit: limit + 1 }) : [];
  if (points.length === 0) await needRun(ctx.deps.db, ctx.workspace.id, runId);
  return points;
};

/** Notes the datasets and models that a run read. */
export const logInputs = async (ctx: Context, runId: string, datasets: readonly DatasetInput[]): Promise<void> => {
  authorize(ctx, "run:write");
  await transact(ctx.deps, async (tx, now) => {
    const run = await needActiveRun(tx, ctx.workspace.id, runId);
    for (const dataset of datasets) await insertRunInput(tx, ctx.workspace.id, run, dataset, now);
  });
};

/** Links the models that a run made. */
export const logOutputs = async (ctx: Context, runId: string, models: readonly { modelId: string; step: number }[]): Promise<void> => {
  authorize(ctx, "run:write");
  await transact(ctx.deps, async (tx) => {
    const run = await needActiveRun(tx, ctx.workspace.id, runId);
    for (const { modelId, step } of models) {
      await needLoggedModel(tx, ctx.workspace.id, modelId);
      await linkOutput(tx, ctx.workspace.id, run.seq, modelId, step);
    }
  });
};
