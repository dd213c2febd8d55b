import { recordChange } from "@/lib/audit/server";
import { authorize, takeNumber } from "@/lib/identity/server";
import { type Context, transact } from "@/lib/platform/context";
import { compileFilter, cutPage, type Tx } from "@/lib/platform/db";

import { exists, invalid, missing } from "./errors";
import { checkKey, checkLength, maxExperimentTagValue } from "./limits";
import { decodePosition, encodePosition } from "@/lib/core/keyset";
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
  updateExperimentRow,
} from "./store-experiments";
import type { KeyValue } from "./store-runs";

export type ViewType = "ACTIVE_ONLY" | "DELETED_ONLY" | "ALL";

const maxName = 500;
const maxLocation = 2_048;

const ready = new Set<string>();

/** Makes sure that the workspace has its experiment 0: clients use it without asking for it first. */
export const prepareExperiments = async (ctx: Context): Promise<void> => {
  if (ready.has(ctx.workspace.id)) return;
  await transact(ctx.deps, (tx, now) => ensureDefaultExperiment(tx, ctx.workspace.id, now));
  ready.add(ctx.workspace.id);
};

/** The number that an id on the wire stands for; -1, which no experiment has, for any other text. */
export const experimentNumberOf = (id: string): number => (/^\d{1,9}$/.test(id) ? Number(id) : -1);

const checkExperimentId = (id: string): void => {
  if (!/^\d+$/.test(id)) throw invalid(`Invalid experiment ID '${id.slice(0, 100)}'. Experiment ID must be a valid integer.`);
};

/** The numbers that ids of a search stand for; raises invalid for what is no id, such as a name: nothing found would hide the mistake. */
export const experimentNumbersOf = (ids: readonly string[]): number[] => {
  ids.forEach(checkExperimentId);
  return [...new Set(ids.map(experimentNumberOf))].filter((number) => number !== -1);
};

export const needExperiment = async (tx: Tx, workspaceId: string, id: string): Promise<ExperimentRow> => {
  checkExperimentId(id);
  const number = experimentNumberOf(id);
  const row = number === -1 ? null : await findExperiment(tx, workspaceId, number);
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
  checkName(name);
  checkLocation(artifactLocation);
  tags.forEach(checkExperimentTag);
  return transact(ctx.deps, async (tx, now) => {
    if (await findExperimentByName(tx, ctx.workspace.id, name)) throw exists(`Experiment(name=${name}) already exists.`);
    const number = await takeNumber(tx, ctx.workspace.id, "experiment");
    const location = artifactLocation?.replace(/\/+$/, "") ?? `mlflow-artifacts:/${number}`;
    if (!(await insertExperiment(tx, ctx.workspace.id, { number, name, artifactLocation: location, tags: [...new Map(tags.map((tag) => [tag.key, tag])).values()] }, now))) throw exists(`Experiment(name=${name}) already exists.`);
    await recordChange(tx, ctx, now, { action: "experiment.create", target: { type: "experiment", id: String(number), name }, change: { after: { artifactLocation: location } } });
    return number;
  });
};

const checkName = (name: string): void => {
  if (name.trim() === "") throw invalid("Invalid experiment name: ''. Give it a name.");
  checkLength("name", name, maxName);
};

const checkLocation = (location: string | undefined): void => {
  if (location === undefined) return;
  const [beforeQuery = "", query = ""] = location.split("?", 2);
  if (location.length > maxLocation) throw invalid(`Invalid artifact path length. The length of the artifact path cannot be greater than ${maxLocation} characters.`);
  if (location.includes("#")) throw invalid("'artifact_location' URL can't include fragments or params.");
  if (query.includes("..")) throw invalid("Invalid query string");
  if (beforeQuery.split("/").includes("..")) throw invalid(`Invalid artifact location '${location.slice(0, 200)}': it may not hold "..".`);
};

const checkExperimentTag = ({ key, value }: KeyValue): void => {
  checkKey(key, "tag");
  checkLength("value", value, maxExperimentTagValue);
};

export const updateExperiment = async (ctx: Context, id: string, newName: string): Promise<void> => {
  authorize(ctx, "run:write");
  checkName(newName);
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
  checkExperimentTag({ key, value });
  const row = await needExperiment(ctx.deps.db, ctx.workspace.id, id);
  if (row.lifecycleStage !== "active") throw invalid(`The experiment ${id} must be in the 'active' state. Current state is ${row.lifecycleStage}.`);
  await setExperimentTag(ctx.deps.db, ctx.workspace.id, row.number, key, value);
};

export const untagExperiment = async (ctx: Context, id: string, key: string): Promise<void> => {
  authorize(ctx, "run:write");
  const row = await needExperiment(ctx.deps.db, ctx.workspace.id, id);
  if (!(await deleteExperimentTag(ctx.deps.db, ctx.workspace.id, row.number, key))) throw missing(`No tag with name: ${key} in experiment with id ${id}`);
};

export type SearchExperiments = { filter: string | undefined; orderBy: string[]; viewType: ViewType; limit: number; token: string | undefined };

/** A page of experiments, and the token of the next. */
export const searchExperiments = async (ctx: Context, { filter, orderBy, viewType, limit, token }: SearchExperiments): Promise<{ rows: ExperimentRow[]; nextToken: string | undefined }> => {
  authorize(ctx, "run:read");
  await prepareExperiments(ctx);
  const identity = ["experiments", ctx.workspace.id, filter ?? "", orderBy, viewType];
  const parsed = parseFilter(filter);
  const conditions = [...(parsed ? [compileFilter(parsed, experimentCondition)] : []), ...(viewType === "ALL" ? [] : [withStage(viewType === "ACTIVE_ONLY" ? "active" : "deleted")])];
  const order = experimentOrder(parseOrder(orderBy));
  const found = await searchExperimentRows(ctx.deps.db, ctx.workspace.id, { conditions, order, after: token ? decodePosition(identity, token) : undefined, limit: limit + 1 });
  const { rows, end } = cutPage(found, limit);
  return { rows, nextToken: end && encodePosition(identity, end) };
};
