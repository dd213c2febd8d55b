import { authorize } from "@/lib/identity/server";
import { type Context, transact } from "@/lib/platform/context";

import { invalid } from "./errors";
import { batchLimits, checkKey, cutValue, maxParamValue, maxTagValue } from "./limits";
import { needLoggedModel } from "./service-logged-models";
import { needActiveRun, needRun } from "./service-runs";
import { type DatasetInput, insertRunInput } from "./store-datasets";
import { insertMetrics, insertModelMetrics, learnMetricKeys, listHistory, type MetricPoint } from "./store-metrics";
import { linkOutput } from "./store-logged-models";
import { insertParams, type KeyValue, type MetricRow, updateRunRow, upsertTags } from "./store-runs";

export type Batch = { metrics: MetricPoint[]; params: KeyValue[]; tags: KeyValue[] };

/** Writes metrics, params and tags of a run, all of them or none; repeating a batch changes nothing. */
export const logBatch = async (ctx: Context, runId: string, { metrics, params, tags }: Batch): Promise<void> => {
  authorize(ctx, "run:write");
  checkBatch({ metrics, params, tags });
  const { db } = ctx.deps;
  const keyIds = await learnMetricKeys(db, ctx.workspace.id, [...new Set(metrics.map(({ key }) => key))]);
  const cutParams = params.map(({ key, value }) => ({ key, value: cutValue(value, maxParamValue) }));
  const isMetricsOnly = params.length === 0 && tags.length === 0 && metrics.every(({ modelId }) => modelId === undefined);
  if (isMetricsOnly) {
    // One statement is a transaction of its own.
    await insertMetrics(db, await needActiveRun(db, ctx.workspace.id, runId), keyIds, metrics);
    return;
  }
  await transact(ctx.deps, async (tx) => {
    const run = await needActiveRun(tx, ctx.workspace.id, runId);
    const [conflict] = await insertParams(tx, run.seq, cutParams);
    if (conflict) {
      throw invalid(`Changing param values is not allowed. Param with key='${conflict.key}' was already logged with value='${conflict.value}' for run ID='${runId}'. Attempted logging new value '${conflict.wanted}'.`);
    }
    await insertMetrics(tx, run, keyIds, metrics);
    await insertModelMetrics(tx, ctx.workspace.id, runId, metrics);
    await upsertTags(tx, run.seq, tags.map(({ key, value }) => ({ key, value: cutValue(value, maxTagValue) })));
    const renamed = tags.findLast(({ key }) => key === "mlflow.runName");
    if (renamed) await updateRunRow(tx, run.seq, { name: renamed.value });
  });
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

/** Points of one metric by time; one more than `limit` when there are more. */
export const getHistory = async (ctx: Context, runId: string, key: string, page: { offset: number; limit: number }): Promise<MetricRow[]> => {
  authorize(ctx, "run:read");
  const run = await needRun(ctx.deps.db, ctx.workspace.id, runId);
  return listHistory(ctx.deps.db, ctx.workspace.id, run.seq, key, { ...page, limit: page.limit + 1 });
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
