import { AppError } from "@/lib/core/errors";
import { decodeCursor, encodeCursor, type Page } from "@/lib/core/pagination";
import { newId } from "@/lib/core/ids";
import { changeParameters, recordChange } from "@/lib/audit/server";
import { authorize } from "@/lib/identity/server";
import { actorName, type Context, transact } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { eventOf } from "./events";
import { needModel } from "./find";
import { checkModelName } from "./names";
import { presentModels } from "./present";
import { isPromptTags, refuseKindChange } from "./prompts";
import type { CreateModelInput, Model, UpdateInput } from "./schema";
import { insertModel } from "./store-create-model";
import { deleteModelRow, findEndpointOf, findModel, listModelRows, type ModelKind, type ModelRow, updateModelRow } from "./store-models";
import { checkDescription, checkTags } from "./tags";
import { modelTarget } from "./targets";

export { modelTarget };

export type ListModelsInput = { kind?: ModelKind | undefined; q?: string | undefined; limit: number; cursor?: string | undefined };

/** Lists models, or prompts, last changed first. */
export const listModels = async (ctx: Context, { kind = "model", q, limit, cursor }: ListModelsInput): Promise<Page<Model>> => {
  authorize(ctx, "model:read");
  const after = cursor === undefined ? undefined : timeKey(cursor);
  const { db } = ctx.deps;
  const rows = await listModelRows(db, ctx.workspace.id, { kind, q, limit, after: after && { updatedAt: after.at, id: after.id } });
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  const items = await presentModels(db, kept, await ctx.deps.clock.now(db));
  return { items, nextCursor: rows.length > limit && last ? encodeCursor([last.updatedAt.toISOString(), last.id]) : null };
};

/** Decodes a cursor of (time, UUID). */
export const timeKey = (cursor: string): { at: Date; id: string } => {
  const [at, id] = decodeCursor(cursor, 2);
  const time = new Date(String(at));
  if (Number.isNaN(time.getTime()) || !/^[0-9a-f-]{36}$/.test(String(id))) throw new AppError("invalid", "page.bad_cursor", "The cursor is not one that this list returned; start again without it.");
  return { at: time, id: String(id) };
};

export const getModel = async (ctx: Context, name: string): Promise<Model> => {
  authorize(ctx, "model:read");
  return present(ctx, ctx.deps.db, await needModel(ctx.deps.db, ctx.workspace.id, name));
};

/** Creates a model without versions; raises conflict when the name is taken. */
export const createModel = async (ctx: Context, input: CreateModelInput): Promise<Model> => present(ctx, ctx.deps.db, await createPlainModel(ctx, input));

/** Creates a model and returns no more than its row: there is nothing else to a new one. */
export const createPlainModel = async (ctx: Context, input: CreateModelInput): Promise<ModelRow> => {
  authorize(ctx, "model:write");
  checkModelName(input.name);
  checkTags(input.tags ?? {});
  checkDescription(input.description);
  const { name, description = null, tags = {} } = input;
  const { db, clock } = ctx.deps;
  const now = await clock.nearly(db);
  const row: ModelRow = { id: newId(now.getTime()), name, description, tags, nextVersionNumber: 1, createdBy: actorName(ctx.actor), createdAt: now, updatedAt: now };
  const change = { after: { description, tags } };
  const record = changeParameters(ctx, now, { action: "model.create", target: modelTarget(row), change, event: { data: { target: modelTarget(row), model: modelTarget(row), isPrompt: isPromptTags(tags), change } } });
  if (!(await insertModel(db, ctx.workspace.id, row, record))) throw await nameTaken(db, ctx.workspace.id, name);
  return row;
};

const nameTaken = async (tx: Tx, workspaceId: string, name: string): Promise<AppError> => {
  const isPrompt = (await findModel(tx, workspaceId, name))?.isPrompt ?? false;
  return new AppError("conflict", "model.exists", `There is a ${isPrompt ? "prompt" : "model"} "${name}" already. Register a new version of it, or choose another name.`, { details: { model: name, isPrompt } });
};

/** Changes description or tags; absent members stay as they are. */
export const updateModel = async (ctx: Context, name: string, input: UpdateInput): Promise<Model> => {
  authorize(ctx, "model:write");
  checkTags(input.tags ?? {});
  checkDescription(input.description);
  return transact(ctx.deps, async (tx, now) => {
    const row = await needModel(tx, ctx.workspace.id, name);
    if (input.tags) refuseKindChange(row.tags, input.tags);
    await updateModelRow(tx, row.id, { ...(input.description !== undefined && { description: input.description }), ...(input.tags && { tags: input.tags }) }, now);
    const change = { before: { description: row.description, tags: row.tags }, after: { description: input.description ?? row.description, tags: input.tags ?? row.tags } };
    await recordChange(tx, ctx, now, { action: "model.update", target: modelTarget(row), change, event: eventOf(row, change) });
    return present(ctx, tx, await needModel(tx, ctx.workspace.id, name));
  });
};

/** Gives a model another name; its versions, tags and aliases stay. */
export const renameModel = async (ctx: Context, name: string, newName: string): Promise<Model> => {
  authorize(ctx, "model:write");
  checkModelName(newName);
  return transact(ctx.deps, async (tx, now) => {
    const row = await needModel(tx, ctx.workspace.id, name);
    const taken = await findModel(tx, ctx.workspace.id, newName);
    if (taken && taken.id !== row.id) throw await nameTaken(tx, ctx.workspace.id, newName);
    await updateModelRow(tx, row.id, { name: newName }, now);
    await recordChange(tx, ctx, now, { action: "model.update", target: modelTarget({ ...row, name: newName }), change: { before: { name }, after: { name: newName } } });
    return present(ctx, tx, await needModel(tx, ctx.workspace.id, newName));
  });
};

/** Deletes a model with its versions. Refused while an endpoint exists that was made for it: its history refers to them. */
export const deleteModel = async (ctx: Context, name: string): Promise<void> => {
  authorize(ctx, "model:write");
  await transact(ctx.deps, async (tx, now) => {
    const row = await needModel(tx, ctx.workspace.id, name);
    const endpoint = await findEndpointOf(tx, row.id);
    if (endpoint) throw new AppError("conflict", "model.in_use", `The model "${name}" can't be deleted: the endpoint "${endpoint}" serves or served it, and its record names these versions.`);
    await recordChange(tx, ctx, now, { action: "model.delete", target: modelTarget(row), change: { before: { versions: row.nextVersionNumber - 1 } } });
    await deleteModelRow(tx, row.id);
  });
};

const present = async (ctx: Context, tx: Tx, row: ModelRow): Promise<Model> => {
  const [model] = await presentModels(tx, [row], await ctx.deps.clock.now(tx));
  if (!model) throw new AppError("internal", "model.lost", "The model could not be read back.");
  return model;
};
