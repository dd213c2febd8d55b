import { authorize } from "@/lib/identity/server";
import type { Context } from "@/lib/platform/context";
import { compileFilter, cutPage, type SqlTx, type Tx } from "@/lib/platform/db";

import { invalid, missing } from "./errors";
import { decodePosition, encodePosition } from "@/lib/core/keyset";
import { parseFilter, parseOrder } from "@/lib/core/search-filter";
import { checkLength, cutValue, maxParamValue, maxTagValue } from "./limits";
import { inventName, newHexId } from "./names";
import { experimentNumberOf, experimentNumbersOf, needExperiment, prepareExperiments } from "./service-experiments";
import { type DatasetChoice, holdsMetric, inExperiments, loggedModelCondition, loggedModelOrder, measuredOn } from "./store-compile";
import {
  deleteLoggedModelRow,
  deleteLoggedModelTag,
  findFullLoggedModel,
  findLoggedModel,
  findLoggedModelTag,
  insertLoggedModelParams,
  loadLoggedModelDetails,
  type FullLoggedModel,
  type LoggedModelRow,
  searchLoggedModelRows,
  setLoggedModelStatusRow,
  setLoggedModelTags,
  swapLoggedModelTag,
} from "./store-logged-models";
import { insertLoggedModel } from "./store-create-logged-model";
import type { KeyValue } from "./store-runs";

export type { FullLoggedModel };
export type LoggedModelStatus = "PENDING" | "READY" | "UPLOAD_FAILED";

const unknownModel = (modelId: string) => missing(`Logged model with ID '${modelId.slice(0, 300)}' not found.`);

export const needLoggedModel = async (tx: Tx, workspaceId: string, modelId: string): Promise<LoggedModelRow> => {
  const model = await findLoggedModel(tx, workspaceId, modelId);
  if (!model) throw unknownModel(modelId);
  return model;
};

const withDetails = async (tx: Tx, workspaceId: string, models: readonly LoggedModelRow[]): Promise<FullLoggedModel[]> => {
  const details = await loadLoggedModelDetails(tx, workspaceId, models.map(({ modelId }) => modelId));
  return models.map((model) => ({ ...model, ...(details.get(model.modelId) ?? { tags: [], params: [], metrics: [], registrations: [] }) }));
};

const known = (modelId: string, model: FullLoggedModel | undefined): FullLoggedModel => {
  if (!model) throw unknownModel(modelId);
  return model;
};

export const getLoggedModel = async (ctx: Context, modelId: string): Promise<FullLoggedModel> => {
  authorize(ctx, "run:read");
  return known(modelId, await findFullLoggedModel(ctx.deps.db, ctx.workspace.id, modelId));
};

/** Params and tags whose values are cut as those of runs are. */
const cutPairs = (pairs: readonly KeyValue[], maxValue: number): KeyValue[] => pairs.map(({ key, value }) => ({ key: checkLength("key", key, 250), value: cutValue(value, maxValue) }));

export type NewLoggedModel = { experimentId: string; name: string | undefined; modelType: string; sourceRunId: string | undefined; params: KeyValue[]; tags: KeyValue[] };

export const createLoggedModel = async (ctx: Context, { experimentId, name, modelType, sourceRunId, params, tags }: NewLoggedModel): Promise<FullLoggedModel> => {
  authorize(ctx, "run:write");
  if (name !== undefined && /[/:.%"']/.test(name)) throw invalid(`Invalid model name ('${name.slice(0, 250)}') provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '"', "'")`);
  checkLength("name", name ?? "", 500);
  if (sourceRunId !== undefined && !/^[0-9a-f]{32}$/.test(sourceRunId)) throw invalid(`Invalid run ID: '${sourceRunId.slice(0, 300)}'`);
  const { db, clock } = ctx.deps;
  await prepareExperiments(ctx);
  const now = await clock.nearly(db);
  const model = {
    modelId: `m-${newHexId()}`, experimentNumber: experimentNumberOf(experimentId), name: name || inventName(), modelType, sourceRunId: sourceRunId ?? null,
    params: lastOfEach(cutPairs(params, maxParamValue), (earlier) => earlier), tags: lastOfEach(cutPairs(tags, maxTagValue), (_, later) => later),
  };
  const artifactUri = await insertLoggedModel(db, ctx.workspace.id, model, now);
  if (artifactUri === undefined) {
    const { lifecycleStage } = await needExperiment(db, ctx.workspace.id, experimentId);
    throw invalid(`The experiment ${experimentId} must be in the 'active' state. Current state is ${lifecycleStage}.`);
  }
  return { ...model, artifactUri, status: "PENDING", statusMessage: null, createdAt: now, updatedAt: now, metrics: [], registrations: [] };
};

/** One pair a key, sorted; `choose` says which of two counts. */
const lastOfEach = (pairs: readonly KeyValue[], choose: (earlier: KeyValue, later: KeyValue) => KeyValue): KeyValue[] => {
  const chosen = new Map<string, KeyValue>();
  for (const pair of pairs) chosen.set(pair.key, choose(chosen.get(pair.key) ?? pair, pair));
  return [...chosen.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
};

export const setLoggedModelStatus = async (ctx: Context, modelId: string, status: LoggedModelStatus): Promise<FullLoggedModel> => {
  authorize(ctx, "run:write");
  const { db, clock } = ctx.deps;
  return known(modelId, await setLoggedModelStatusRow(db, ctx.workspace.id, modelId, status, await clock.nearly(db)));
};

export const deleteLoggedModel = async (ctx: Context, modelId: string): Promise<void> => {
  authorize(ctx, "run:write");
  const { db, clock } = ctx.deps;
  if (!(await deleteLoggedModelRow(db, ctx.workspace.id, modelId, await clock.now(db)))) throw unknownModel(modelId);
};

export const tagLoggedModel = async (ctx: Context, modelId: string, tags: readonly KeyValue[]): Promise<FullLoggedModel> => {
  authorize(ctx, "run:write");
  return known(modelId, await setLoggedModelTags(ctx.deps.db, ctx.workspace.id, modelId, lastOfEach(cutPairs(tags, maxTagValue), (_, later) => later)));
};

/**
 * Changes a tag of a logged model by what it holds, of which `seen` is what the caller knows: when others were faster, `amend` is asked
 * again, so that nothing of theirs is lost. In the transaction of what it notes. Undefined from it, or a model that is gone, changes nothing.
 */
export const amendLoggedModelTag = async (ctx: Context, tx: SqlTx, modelId: string, key: string, seen: string | undefined, amend: (value: string | undefined) => string | undefined): Promise<void> => {
  authorize(ctx, "run:write");
  for (let before = seen; ; ) {
    const after = amend(before);
    if (after === undefined || (await swapLoggedModelTag(tx, ctx.workspace.id, modelId, { key, before, after }))) return;
    if (!(await findLoggedModel(tx, ctx.workspace.id, modelId))) return;
    before = await findLoggedModelTag(tx, ctx.workspace.id, modelId, key);
  }
};

export const untagLoggedModel = async (ctx: Context, modelId: string, key: string): Promise<void> => {
  authorize(ctx, "run:write");
  await needLoggedModel(ctx.deps.db, ctx.workspace.id, modelId);
  if (!(await deleteLoggedModelTag(ctx.deps.db, ctx.workspace.id, modelId, key))) throw missing(`No tag with key '${key}' found for model with ID '${modelId}'.`);
};

export const addLoggedModelParams = async (ctx: Context, modelId: string, params: readonly KeyValue[]): Promise<void> => {
  authorize(ctx, "run:write");
  await needLoggedModel(ctx.deps.db, ctx.workspace.id, modelId);
  await insertLoggedModelParams(ctx.deps.db, ctx.workspace.id, modelId, cutPairs(params, maxParamValue));
};

export type SearchLoggedModels = {
  experimentIds: string[];
  filter: string | undefined;
  /** Comparisons of metrics count those measured on one of these, on any where none is given; a filter without such comparisons leaves the models that were measured on one. */
  datasets: DatasetChoice[];
  orderBy: { field: string; isAscending: boolean; datasetName: string | undefined; datasetDigest: string | undefined }[];
  limit: number;
  token: string | undefined;
};

/** A page of logged models, and the token of the next. */
export const searchLoggedModels = async (ctx: Context, { experimentIds, filter, datasets, orderBy, limit, token }: SearchLoggedModels): Promise<{ rows: FullLoggedModel[]; nextToken: string | undefined }> => {
  authorize(ctx, "run:read");
  const identity = ["logged-models", ctx.workspace.id, experimentIds, filter ?? "", datasets, orderBy];
  const parsed = parseFilter(filter);
  const measured = datasets.length > 0 && !holdsMetric(parsed) ? [measuredOn(datasets)] : [];
  const conditions = [inExperiments(experimentNumbersOf(experimentIds)), ...measured, ...(parsed ? [compileFilter(parsed, (clause) => loggedModelCondition(clause, datasets))] : [])];
  const order = loggedModelOrder(orderBy.flatMap(({ field, isAscending, ...dataset }) => parseOrder([field]).map((clause) => ({ ...clause, ...dataset, isAscending }))));
  const found = await searchLoggedModelRows(ctx.deps.db, ctx.workspace.id, { conditions, order, after: token ? decodePosition(identity, token) : undefined, limit: limit + 1 });
  const { rows, end } = cutPage(found, limit);
  return { rows: await withDetails(ctx.deps.db, ctx.workspace.id, rows), nextToken: end && encodePosition(identity, end) };
};
