import { authorize } from "@/lib/identity/server";
import { type Context, transact } from "@/lib/platform/context";

import { invalid } from "./errors";
import { batchLimits, checkKey, checkLength, cutValue, maxParamValue, maxTagValue } from "./limits";
import { needLoggedModel } from "./service-logged-models";
import { isNoName, isRunId, needActiveRun, needRun } from "./service-runs";
import { type DatasetInput, insertRunInput } from "./store-datasets";
import { logToRun } from "./store-log";
import { linkInputs, linkOutputs } from "./store-logged-models";
import { type HistoryPoint, learnMetricKeys, listHistory, type MetricPoint } from "./store-metrics";
import type { KeyValue } from "./store-runs";

export type Batch = {
  metrics: MetricPoint[];
  params: KeyValue[];
  tags: KeyValue[];
  /** A call for one thing alone: messages name its field without a place in a list. */
  isSingle?: boolean;
};

/** Writes metrics, params and tags of a run, all of them or none; repeating a batch changes nothing. */
export const logBatch = async (ctx: Context, runId: string, batch: Batch): Promise<void> => {
  authorize(ctx, "run:write");
  checkBatch(batch);
  const { metrics, params, tags } = batch;
  const { db } = ctx.deps;
  const workspaceId = ctx.workspace.id;
  if (!isRunId(runId)) await needActiveRun(db, workspaceId, runId);
  const keyIds = await learnMetricKeys(db, workspaceId, metrics.map(({ key }) => key));
  const entry = {
    metrics,
    params: params.map(({ key, value }) => ({ key, value: cutValue(value, maxParamValue) })),
    tags: tags.filter((tag) => !isNoName(tag)).map(({ key, value }) => ({ key, value: cutValue(value, maxTagValue) })),
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

const nameOfCount = { metrics: "metrics", params: "params", tags: "tags", total: "metrics, params, and tags" };

const checkBatch = ({ metrics, params, tags, isSingle = false }: Batch): void => {
  const counts = { metrics: metrics.length, params: params.length, tags: tags.length, total: metrics.length + params.length + tags.length };
  for (const [what, count] of Object.entries(counts)) {
    const limit = batchLimits[what as keyof typeof counts];
    const name = nameOfCount[what as keyof typeof counts];
    if (count > limit) throw invalid(`A batch logging request can contain at most ${limit} ${name}. Got ${count} ${name}. Please split up ${name} across multiple requests and try again.`);
  }
  const place = (list: string, index: number) => () => (isSingle ? "" : `${list}[${index}].`);
  metrics.forEach(({ key }, index) => checkKey(key, "metric", place("metrics", index)));
  params.forEach(({ key }, index) => checkKey(key, "param", place("params", index)));
  tags.forEach(({ key }, index) => checkKey(key, "tag", place("tags", index)));
  const keys = params.map(({ key }) => key);
  const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
  if (repeated !== undefined) throw invalid(`Duplicate parameter keys have been submitted: ['${repeated}']. Please ensure the request contains only one param value per param key.`);
};

/** Points of one metric by time, from behind `after` on; one more than `limit` when there are more. */
export const getHistory = async (ctx: Context, runId: string, key: string, { after, limit }: { after: HistoryPoint | undefined; limit: number }): Promise<HistoryPoint[]> => {
  authorize(ctx, "run:read");
  const points = isRunId(runId) ? await listHistory(ctx.deps.db, ctx.workspace.id, runId, key, { after, limit: limit + 1 }) : [];
  if (points.length === 0) await needRun(ctx.deps.db, ctx.workspace.id, runId);
  return points;
};

const maxInputs = 1_000;

const checkDataset = ({ name, digest, source, schema, profile, tags }: DatasetInput): void => {
  checkLength("name", name, 500);
  checkLength("digest", digest, 36);
  checkLength("source", source, 65_535);
  checkLength("schema", schema ?? "", 1_048_575);
  checkLength("profile", profile ?? "", 16_777_215);
  for (const { key, value } of tags) {
    checkLength("key", key, 255);
    checkLength("value", value, 500);
  }
};

export type RunInputs = { datasets: readonly DatasetInput[]; modelIds: readonly string[] };

/** Notes the datasets and models that a run read; repeating changes nothing. */
export const logInputs = async (ctx: Context, runId: string, { datasets, modelIds }: RunInputs): Promise<void> => {
  authorize(ctx, "run:write");
  if (datasets.length + modelIds.length > maxInputs) throw invalid(`A request can log at most ${maxInputs} inputs. Got ${datasets.length + modelIds.length}.`);
  datasets.forEach(checkDataset);
  await transact(ctx.deps, async (tx, now) => {
    const run = await needActiveRun(tx, ctx.workspace.id, runId);
    for (const dataset of datasets) await insertRunInput(tx, ctx.workspace.id, run, dataset, now);
    for (const modelId of modelIds) await needLoggedModel(tx, ctx.workspace.id, modelId);
    await linkInputs(tx, ctx.workspace.id, run.seq, modelIds);
  });
};

/** Links the models that a run made. */
export const logOutputs = async (ctx: Context, runId: string, models: readonly { modelId: string; step: number }[]): Promise<void> => {
  authorize(ctx, "run:write");
  const { db } = ctx.deps;
  if (isRunId(runId) && (await linkOutputs(db, ctx.workspace.id, runId, models))) return;
  await needActiveRun(db, ctx.workspace.id, runId);
  for (const { modelId } of models) await needLoggedModel(db, ctx.workspace.id, modelId);
};
