import { AppError, isAppError } from "@/lib/core/errors";
import type { Page } from "@/lib/core/pagination";
import { can } from "@/lib/identity";
import { authorize } from "@/lib/identity/server";
import type { Context } from "@/lib/platform/context";
import { listVersionsOfRuns } from "@/lib/registry/server";

import { toRunInfo } from "./present";
import { type Count, type RunKeys, type RunRowView, runStatusSchema } from "./schema";
import { needExperiment, prepareExperiments } from "./service-experiments";
import { countMatchingRuns, findRunPage, listRunKeyNames, type RunSearch } from "./service-run-search";
import { needRun } from "./service-runs";
import { type ChosenColumns, countChildren, findVaryingParams, loadChosen } from "./store-browse";
import type { RunRow } from "./store-runs";

type Stage = "active" | "deleted";
export type RunFilter = { filter?: string | undefined; status?: string | undefined; stage: Stage; nested: "flat" | "top" };
export type ListRuns = RunFilter & { sort?: string | undefined; direction: "asc" | "desc"; column?: string[] | undefined; limit: number; cursor?: string | undefined };

/** Runs of one experiment with the chosen columns. A filter or a sort that is wrong is named as such, so that it can be shown at its field. */
export const listRuns = async (ctx: Context, number: number, { sort, direction, column, limit, cursor, ...filter }: ListRuns): Promise<Page<RunRowView>> => {
  await needKnown(ctx, number);
  const search = searchOf(number, filter);
  const orderBy = sort === undefined ? [] : [`${quoteField(sort)} ${direction}`];
  const { rows, nextToken } = await blaming(() => findRunPage(ctx, search, { orderBy, limit, token: cursor }));
  return { items: await presentRows(ctx, rows, column ?? [], filter.stage), nextCursor: nextToken ?? null };
};

/** Runs nested in a run, newest first. */
export const listChildRuns = async (ctx: Context, runId: string, { stage, column, limit, cursor }: { stage: Stage; column?: string[] | undefined; limit: number; cursor?: string | undefined }): Promise<Page<RunRowView>> => {
  authorize(ctx, "run:read");
  const parent = await needRun(ctx.deps.db, ctx.workspace.id, runId);
  const search = { experiments: [parent.experimentNumber], filter: `tags.mlflow.parentRunId = '${runId}'`, stage };
  const { rows, nextToken } = await findRunPage(ctx, search, { orderBy: [], limit, token: cursor });
  return { items: await presentRows(ctx, rows, column ?? [], stage), nextCursor: nextToken ?? null };
};

/** Counting a filtered table further than this would cost more than the reader gains. */
const caps = { filtered: 10_000, plain: 1_000_000 };

export const countRuns = async (ctx: Context, number: number, filter: RunFilter): Promise<Count> => {
  await needKnown(ctx, number);
  const cap = filter.filter || filter.status ? caps.filtered : caps.plain;
  const count = await blaming(() => countMatchingRuns(ctx, searchOf(number, filter), cap + 1));
  return { count: Math.min(count, cap), isExact: count <= cap };
};

const maxKeys = 2_000;
/** So many params are looked at for differences, two look-ups each, and so many that differ are named. */
const [maxCompared, maxVarying] = [300, 12];

/** Names of metrics, params and tags in an experiment, for columns and completion. */
export const listRunKeys = async (ctx: Context, number: number, q?: string): Promise<RunKeys> => {
  await needKnown(ctx, number);
  const { metrics, params, tags } = await listRunKeyNames(ctx, number, maxKeys);
  const varyingParams = q === undefined ? (await findVaryingParams(ctx.deps.db, ctx.workspace.id, number, params.slice(0, maxCompared))).slice(0, maxVarying) : [];
  const matching = (keys: readonly string[]): string[] => keys.filter((key) => q === undefined || key.toLowerCase().includes(q.toLowerCase()));
  return { metrics: matching(metrics), params: matching(params), tags: matching(tags), varyingParams };
};

const needKnown = async (ctx: Context, number: number): Promise<void> => {
  authorize(ctx, "run:read");
  await prepareExperiments(ctx);
  await needExperiment(ctx.deps.db, ctx.workspace.id, String(number));
};

const searchOf = (number: number, { filter, status, stage, nested }: RunFilter): RunSearch => ({
  experiments: [number],
  filter: filter?.trim() || undefined,
  stage,
  also: [...(status ? [`attributes.status IN (${statusesOf(status).map((word) => `'${word}'`).join(", ")})`] : []), ...(nested === "top" ? ["tags.mlflow.parentRunId IS NULL"] : [])],
});

const statusesOf = (text: string): string[] => {
  const parsed = runStatusSchema.array().safeParse(text.split(","));
  if (parsed.success) return parsed.data;
  throw new AppError("invalid", "run.bad_status", `"${text}" holds what is no status. They are ${runStatusSchema.options.join(", ")}.`, { invalidParams: [{ name: "status", reason: "is not a list of statuses" }] });
};

const blamed: Record<string, string> = { "search.bad_filter": "filter", "search.bad_order": "sort" };

/** Runs a search, and says by which parameter it failed. */
const blaming = async <T>(search: () => Promise<T>): Promise<T> => {
  try {
    return await search();
  } catch (error) {
    const name = isAppError(error) ? blamed[error.code] : undefined;
    if (!isAppError(error) || name === undefined) throw error;
    throw new AppError("invalid", error.code, error.message, { cause: error, details: error.details, invalidParams: [{ name, reason: error.message }] });
  }
};

/** A column's name as an order names it: keys may hold spaces. */
const quoteField = (field: string): string => field.replace(/^(metrics|params|tags)\.([^`"]*)$/s, "$1.`$2`");

const chosenOf = (columns: readonly string[]): ChosenColumns => {
  const of = (prefix: string): string[] => columns.filter((column) => column.startsWith(prefix)).map((column) => column.slice(prefix.length));
  return { metrics: of("metrics."), params: of("params."), tags: of("tags.") };
};

const presentRows = async (ctx: Context, rows: readonly RunRow[], columns: readonly string[], stage: Stage): Promise<RunRowView[]> => {
  const { db } = ctx.deps;
  const ids = rows.map(({ runId }) => runId);
  const values = await loadChosen(db, ctx.workspace.id, rows.map(({ seq }) => seq), chosenOf(columns));
  const children = await countChildren(db, ctx.workspace.id, ids, stage);
  const versions = can(ctx.actor, "model:read") ? await listVersionsOfRuns(db, ctx.workspace.id, ids) : [];
  return rows.map((row) => ({
    ...toRunInfo(row),
    childCount: children.get(row.runId) ?? 0,
    versions: versions.filter(({ runId }) => runId === row.runId).map(({ model, number }) => ({ model, number })),
    ...(values.get(row.seq) ?? { metrics: {}, params: {}, tags: {} }),
  }));
};
