import { authorize } from "@/lib/identity/server";
import { type Context, transact } from "@/lib/platform/context";
import { compileFilter, cutPage, type Tx } from "@/lib/platform/db";

import { invalid, missing } from "./errors";
import { decodePosition, encodePosition } from "@/lib/core/keyset";
import { parseFilter, parseOrder } from "@/lib/core/search-filter";
import { checkLength, maxParamValue, maxTagValue } from "./limits";
import { inventName, newHexId } from "./names";
import { needExperiment, prepareExperiments } from "./service-experiments";
import { type DatasetChoice, inExperiments, loggedModelCondition, loggedModelOrder } from "./store-compile";
import {
  deleteLoggedModelTag,
  findLoggedModel,
  insertLoggedModel,
  insertLoggedModelParams,
  loadLoggedModelDetails,
  type LoggedModelDetails,
  type LoggedModelRow,
  searchLoggedModelRows,
  setLoggedModelTags,
  updateLoggedModel,
} from "./store-logged-models";
import type { KeyValue } from "./store-runs";

export type FullLoggedModel = LoggedModelRow & LoggedModelDetails;
export type LoggedModelStatus = "PENDING" | "READY" | "UPLOAD_FAILED";

export const needLoggedModel = async (tx: Tx, workspaceId: string, modelId: string): Promise<LoggedModelRow> => {
  const model = await findLoggedModel(tx, workspaceId, modelId);
  if (!model) throw missing(`Logged model with ID '${modelId.slice(0, 300)}' not found.`);
  return model;
};

const withDetails = async (tx: Tx, workspaceId: string, models: readonly LoggedModelRow[]): Promise<FullLoggedModel[]> => {
  const details = await loadLoggedModelDetails(tx, workspaceId, models.map(({ modelId }) => modelId));
  return models.map((model) => ({ ...model, ...(details.get(model.modelId) ?? { tags: [], params: [], metrics: [], registrations: [] }) }));
};

const read = async (tx: Tx, workspaceId: string, modelId: string): Promise<FullLoggedModel> => {
  const [model] = await withDetails(tx, workspaceId, [await needLoggedModel(tx, workspaceId, modelId)]);
  if (!model) throw missing(`Logged model with ID '${modelId}' not found.`);
  return model;
};

export const getLoggedModel = (ctx: Context, modelId: string): Promise<FullLoggedModel> => {
  authorize(ctx, "run:read");
  return read(ctx.deps.db, ctx.workspace.id, modelId);
};

const checkParam = ({ key, value }: KeyValue): void => {
  checkLength("key", key, 250);
  checkLength("value", value, maxParamValue);
};
const checkModelTag = ({ key, value }: KeyValue): void => {
  checkLength("key", key, 250);
  checkLength("value", value, maxTagValue);
};

export type NewLoggedModel = { experimentId: string; name: string | undefined; modelType: string; sourceRunId: string | undefined; params: KeyValue[]; tags: KeyValue[] };

export const createLoggedModel = async (ctx: Context, { experimentId, name, modelType, sourceRunId, params, tags }: NewLoggedModel): Promise<FullLoggedModel> => {
  authorize(ctx, "run:write");
  if (name !== undefined && /[/:.%"']/.test(name)) throw invalid(`Invalid model name ('${name.slice(0, 250)}') provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '"', "'")`);
  checkLength("name", name ?? "", 500);
  if (sourceRunId !== undefined && !/^[0-9a-f]{32}$/.test(sourceRunId)) throw invalid(`Invalid run ID: '${sourceRunId.slice(0, 300)}'`);
  params.forEach(checkParam);
  tags.forEach(checkModelTag);
  const modelId = `m-${newHexId()}`;
  await prepareExperiments(ctx);
  return transact(ctx.deps, async (tx, now) => {
    const experiment = await needExperiment(tx, ctx.workspace.id, experimentId);
    if (experiment.lifecycleStage !== "active") throw invalid(`The experiment ${experimentId} must be in the 'active' state. Current state is ${experiment.lifecycleStage}.`);
    await insertLoggedModel(tx, ctx.workspace.id, {
      modelId, experimentNumber: experiment.number, name: name || inventName(), status: "PENDING", modelType, sourceRunId: sourceRunId ?? null,
      artifactUri: `${experiment.artifactLocation}/models/${modelId}/artifacts`,
    }, now);
    await insertLoggedModelParams(tx, ctx.workspace.id, modelId, params);
    await setLoggedModelTags(tx, ctx.workspace.id, modelId, tags);
    return read(tx, ctx.workspace.id, modelId);
  });
};

export const setLoggedModelStatus = (ctx: Context, modelId: string, status: LoggedModelStatus): Promise<FullLoggedModel> => {
  authorize(ctx, "run:write");
  return transact(ctx.deps, async (tx, now) => {
    await needLoggedModel(tx, ctx.workspace.id, modelId);
    await updateLoggedModel(tx, ctx.workspace.id, modelId, { status }, now);
    return read(tx, ctx.workspace.id, modelId);
  });
};

export const deleteLoggedModel = async (ctx: Context, modelId: string): Promise<void> => {
  authorize(ctx, "run:write");
  await transact(ctx.deps, async (tx, now) => {
    await needLoggedModel(tx, ctx.workspace.id, modelId);
    await updateLoggedModel(tx, ctx.workspace.id, modelId, { deletedAt: now }, now);
  });
};

export const tagLoggedModel = (ctx: Context, modelId: string, tags: readonly KeyValue[]): Promise<FullLoggedModel> => {
  authorize(ctx, "run:write");
  tags.forEach(checkModelTag);
  return transact(ctx.deps, async (tx) => {
    await needLoggedModel(tx, ctx.workspace.id, modelId);
    await setLoggedModelTags(tx, ctx.workspace.id, modelId, tags);
    return read(tx, ctx.workspace.id, modelId);
  });
};

export const untagLoggedModel = async (ctx: Context, modelId: string, key: string): Promise<void> => {
  authorize(ctx, "run:write");
  await needLoggedModel(ctx.deps.db, ctx.workspace.id, modelId);
  if (!(await deleteLoggedModelTag(ctx.deps.db, ctx.workspace.id, modelId, key))) throw missing(`No tag with key '${key}' found for model with ID '${modelId}'.`);
};

export const addLoggedModelParams = async (ctx: Context, modelId: string, params: readonly KeyValue[]): Promise<void> => {
  authorize(ctx, "run:write");
  params.forEach(checkParam);
  await needLoggedModel(ctx.deps.db, ctx.workspace.id, modelId);
  await insertLoggedModelParams(ctx.deps.db, ctx.workspace.id, modelId, params);
};

export type SearchLoggedModels = {
  experimentIds: string[];
  filter: string | undefined;
  /** Comparisons of metrics count those measured on one of these; on any where none is given. */
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
  const numbers = experimentIds.flatMap((id) => (/^\d{1,9}$/.test(id) ? [Number(id)] : []));
  const conditions = [inExperiments(numbers), ...(parsed ? [compileFilter(parsed, (clause) => loggedModelCondition(clause, datasets))] : [])];
  const order = loggedModelOrder(orderBy.flatMap(({ field, isAscending, ...dataset }) => parseOrder([field]).map((clause) => ({ ...clause, ...dataset, isAscending }))));
  const found = await searchLoggedModelRows(ctx.deps.db, ctx.workspace.id, { conditions, order, after: token ? decodePosition(identity, token) : undefined, limit: limit + 1 });
  const { rows, end } = cutPage(found, limit);
  return { rows: await withDetails(ctx.deps.db, ctx.workspace.id, rows), nextToken: end && encodePosition(identity, end) };
};
