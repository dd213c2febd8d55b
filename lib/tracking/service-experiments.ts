import { recordChange } from "@/lib/audit/server";
import { authorize } from "@/lib/identity/server";
import { type Context, transact } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { exists, invalid, missing } from "./errors";
import { parseFilter, parseOrder } from "@/lib/core/search-filter";
import { experimentCondition, experimentOrder, withStage } from "./store-compile";
import {
  deleteExperimentTag,
  ensureDefaultExperiment,
  type ExperimentRow,
  findExperiment,
  findExperimentByName,
  insertExperiment,
  searchExperimentRows,
  setExperimentTag,
  setRunsStage,
  takeExperimentNumber,
  updateExperimentRow,
} from "./store-experiments";
import type { KeyValue } from "./store-runs";

export type ViewType = "ACTIVE_ONLY" | "DELETED_ONLY" | "ALL";

const ready = new Set<string>();

/** Makes sure that the workspace has its experiment 0: clients use it without asking for it first. */
export const prepareExperiments = async (ctx: Context): Promise<void> => {
  if (ready.has(ctx.workspace.id)) return;
  await transact(ctx.deps, (tx, now) => ensureDefaultExperiment(tx, ctx.workspace.id, now));
  ready.add(ctx.workspace.id);
};

const parseNumber = (id: string): number => (/^\d{1,9}$/.test(id) ? Number(id) : NaN);

export const needExperiment = async (tx: Tx, workspaceId: string, id: string): Promise<ExperimentRow> => {
  const number = parseNumber(id);
  const row = Number.isNaN(number) ? null : await findExperiment(tx, workspaceId, number);
  if (!row) throw missing(`No Experiment with id=${id} exists`);
  return row;
};

export const getExperiment = async (ctx: Context, id: string): Promise<ExperimentRow> => {
  authorize(ctx, "run:read");
  await prepareExperiments(ctx);
  return needExperiment(ctx.deps.db, ctx.workspace.id, id);
};

export const getExperimentByName = async (ctx: Context, name: string): Promise<ExperimentRow> => {
  authorize(ctx, "run:read");
  await prepareExperiments(ctx);
  const row = await findExperimentByName(ctx.deps.db, ctx.workspace.id, name);
  if (!row) throw missing(`Could not find experiment with name '${name}'`);
  return row;
};

export type NewExperiment = { name: string; artifactLocation: string | undefined; tags: KeyValue[] };

export const createExperiment = async (ctx: Context, { name, artifactLocation, tags }: NewExperiment): Promise<number> => {
  authorize(ctx, "run:write");
  await prepareExperiments(ctx);
  if (name.trim() === "") throw invalid("Invalid experiment name: ''. Give it a name.");
  if (name.length > 500) throw invalid(`Experiment name exceeds the maximum length of 500 characters, got ${name.length}.`);
  checkLocation(artifactLocation);
  return transact(ctx.deps, async (tx, now) => {
    if (await findExperimentByName(tx, ctx.workspace.id, name)) throw exists(`Experiment(name=${name}) already exists.`);
    const number = await takeExperimentNumber(tx, ctx.workspace.id);
    const location = artifactLocation?.replace(/\/+$/, "") ?? `mlflow-artifacts:/${number}`;
    if (!(await insertExperiment(tx, ctx.workspace.id, { number, name, artifactLocation: location, tags }, now))) throw exists(`Experiment(name=${name}) already exists.`);
    await recordChange(tx, ctx, now, { action: "experiment.create", target: { type: "experiment", id: String(number), name }, change: { after: { artifactLocation: location } } });
    return number;
  });
};

const checkLocation = (location: string | undefined): void => {
  if (location === undefined) return;
  const [beforeQuery = "", query = ""] = location.split("?", 2);
  const tricks = location.length > 2_048 || location.includes("#") || query.includes("..") || beforeQuery.split("/").includes("..");
  if (location === "" || tricks) throw invalid(`Invalid artifact location '${location.slice(0, 200)}': use an address without a fragment and without "..", at most 2048 characters long.`);
};

export const updateExperiment = async (ctx: Context, id: string, newName: string): Promise<void> => {
  authorize(ctx, "run:write");
  await transact(ctx.deps, async (tx, now) => {
    const row = await needExperiment(tx, ctx.workspace.id, id);
    if (row.lifecycleStage !== "active") throw invalid("Cannot rename a non-active experiment.");
    const taken = await findExperimentByName(tx, ctx.workspace.id, newName);
    if (taken && taken.number !== row.number) throw exists(`Experiment(name=${newName}) already exists.`);
    await updateExperimentRow(tx, ctx.workspace.id, row.number, { name: newName }, now);
    await recordChange(tx, ctx, now, { action: "experiment.update", target: { type: "experiment", id, name: newName }, change: { before: { name: row.name }, after: { name: newName } } });
  });
};

/** Deletes or restores an experiment with its runs; both only hide and show. */
export const setExperimentStage = async (ctx: Context, id: string, stage: "active" | "deleted"): Promise<void> => {
  authorize(ctx, "run:write");
  await transact(ctx.deps, async (tx, now) => {
    const row = await needExperiment(tx, ctx.workspace.id, id);
    if (row.lifecycleStage === stage) throw missing(`No Experiment with id=${id} exists that is ${stage === "active" ? "deleted" : "active"}`);
    await updateExperimentRow(tx, ctx.workspace.id, row.number, { lifecycleStage: stage }, now);
    await setRunsStage(tx, ctx.workspace.id, row.number, stage, now);
    await recordChange(tx, ctx, now, { action: stage === "active" ? "experiment.restore" : "experiment.delete", target: { type: "experiment", id, name: row.name } });
  });
};

export const tagExperiment = async (ctx: Context, id: string, key: string, value: string): Promise<void> => {
  authorize(ctx, "run:write");
  if (key.length > 250 || value.length > 5_000) throw invalid("The tag is too long: keys hold at most 250 characters, values 5000.");
  const row = await needExperiment(ctx.deps.db, ctx.workspace.id, id);
  await setExperimentTag(ctx.deps.db, ctx.workspace.id, row.number, key, value);
};

export const untagExperiment = async (ctx: Context, id: string, key: string): Promise<void> => {
  authorize(ctx, "run:write");
  const row = await needExperiment(ctx.deps.db, ctx.workspace.id, id);
  if (!(await deleteExperimentTag(ctx.deps.db, ctx.workspace.id, row.number, key))) throw missing(`No tag with name: ${key} in experiment with id ${id}`);
};

export type SearchExperiments = { filter: string | undefined; orderBy: string[]; viewType: ViewType; offset: number; limit: number };

/** Returns one row more than `limit` when there are more. */
export const searchExperiments = async (ctx: Context, { filter, orderBy, viewType, offset, limit }: SearchExperiments): Promise<ExperimentRow[]> => {
  authorize(ctx, "run:read");
  await prepareExperiments(ctx);
  const conditions = parseFilter(filter).map(experimentCondition);
  if (viewType !== "ALL") conditions.push(withStage("e", viewType === "ACTIVE_ONLY" ? "active" : "deleted"));
  return searchExperimentRows(ctx.deps.db, ctx.workspace.id, { conditions, order: experimentOrder(parseOrder(orderBy)), offset, limit: limit + 1 });
};
