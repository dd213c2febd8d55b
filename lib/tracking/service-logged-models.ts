import { authorize } from "@/lib/identity/server";
import { type Context, transact } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { invalid, missing } from "./errors";
import { parseFilter, parseOrder } from "@/lib/core/search-filter";
import { inventName, newHexId } from "./names";
import { needExperiment, prepareExperiments } from "./service-experiments";
import { inExperiments, loggedModelCondition, loggedModelOrder } from "./store-compile";
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

export type NewLoggedModel = { experimentId: string; name: string | undefined; modelType: string; sourceRunId: string | undefined; params: KeyValue[]; tags: KeyValue[] };

export const createLoggedModel = async (ctx: Context, { experimentId, name, modelType, sourceRunId, params, tags }: NewLoggedModel): Promise<FullLoggedModel> => {
  authorize(ctx, "run:write");
  if (name !== undefined && /[/:.%"']/.test(name)) throw invalid(`Invalid model name: '${name.slice(0, 250)}'. It may not hold / : . % " or '.`);
  const modelId = `m-${newHexId()}`;
  await prepareExperiments(ctx);
  return transact(ctx.deps, async (tx, now) => {
    const experiment = await needExperiment(tx, ctx.workspace.id, experimentId);
    if (experiment.lifecycleStage !== "active") throw invalid(`The experiment ${experimentId} must be in the 'active' state.`);
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
  return transact(ctx.deps, async (tx) => {
    await needLoggedModel(tx, ctx.workspace.id, modelId);
    await setLoggedModelTags(tx, ctx.workspace.id, modelId, tags);
    return read(tx, ctx.workspace.id, modelId);
  });
};

export const untagLoggedModel = async (ctx: Context, modelId: string, key: string): Promise<void> => {
  authorize(ctx, "run:write");
  await needLoggedModel(ctx.deps.db, ctx.workspace.id, modelId);
  if (!(await deleteLoggedModelTag(ctx.deps.db, ctx.workspace.id, modelId, key))) throw missing(`No tag with key '${key}' in logged model with ID '${modelId}'.`);
};

export const addLoggedModelParams = async (ctx: Context, modelId: string, params: readonly KeyValue[]): Promise<void> => {
  authorize(ctx, "run:write");
  await needLoggedModel(ctx.deps.db, ctx.workspace.id, modelId);
  await insertLoggedModelParams(ctx.deps.db, ctx.workspace.id, modelId, params);
};

export type SearchLoggedModels = { experimentIds: string[]; filter: string | undefined; orderBy: { field: string; isAscending: boolean }[]; offset: number; limit: number };

/** Returns one more than `limit` when there are more. */
export const searchLoggedModels = async (ctx: Context, { experimentIds, filter, orderBy, offset, limit }: SearchLoggedModels): Promise<FullLoggedModel[]> => {
  authorize(ctx, "run:read");
  const conditions = parseFilter(filter).map(loggedModelCondition);
  conditions.push(inExperiments("l", experimentIds.flatMap((id) => (/^\d{1,9}$/.test(id) ? [Number(id)] : []))));
  const order = parseOrder(orderBy.map(({ field, isAscending }) => `${field} ${isAscending ? "ASC" : "DESC"}`));
  const rows = await searchLoggedModelRows(ctx.deps.db, ctx.workspace.id, { conditions, order: loggedModelOrder(order), offset, limit: limit + 1 });
  return withDetails(ctx.deps.db, ctx.workspace.id, rows);
};
