import { AppError, isAppError } from "@/lib/core/errors";
import { decodeCursor, encodeCursor, type Page } from "@/lib/core/pagination";
import { parseFilter, parseOrder } from "@/lib/core/search-filter";
import { can } from "@/lib/identity";
import { authorize } from "@/lib/identity/server";
import type { Context } from "@/lib/platform/context";
import type { Prisma } from "@/lib/platform/db";
import { listVersionsOfRuns } from "@/lib/registry/server";

import { toRunInfo } from "./present";
import { type Count, type RunKeys, type RunRowView, runStatusSchema } from "./schema";
import { needExperiment, prepareExperiments } from "./service-experiments";
import { needRun } from "./service-runs";
import { type ChosenColumns, countChildren, countRunRows, listKeys, loadChosen, nestedIn, statusIn, topOnly } from "./store-browse";
import { inExperiments, runCondition, runOrder, withStage } from "./store-compile";
import { type RunRow, searchRunRows } from "./store-runs";

type Stage = "active" | "deleted";
export type RunFilter = { filter?: string | undefined; status?: string | undefined; stage: Stage; nested: "flat" | "top" };
export type ListRuns = RunFilter & { sort?: string | undefined; direction: "asc" | "desc"; column?: string[] | undefined; limit: number; cursor?: string | undefined };

/** Runs of one experiment with the chosen columns. A filter or a sort that is wrong is named as such, so that it can be shown at its field. */
export const listRuns = async (ctx: Context, number: number, { sort, direction, column, limit, cursor, ...filter }: ListRuns): Promise<Page<RunRowView>> => {
  authorize(ctx, "run:read");
  await prepareExperiments(ctx);
  const { db } = ctx.deps;
  await needExperiment(db, ctx.workspace.id, String(number));
  const conditions = conditionsOf(ctx, number, filter);
  const order = blaming("sort", () => runOrder(ctx.workspace.id, parseOrder(sort === undefined ? [] : [`${sort} ${direction}`])));
  const offset = cursor === undefined ? 0 : offsetOf(cursor);
  const rows = await searchRunRows(db, ctx.workspace.id, { conditions, order, offset, limit: limit + 1 });
  return { items: await presentRows(ctx, rows.slice(0, limit), column ?? [], filter.stage), nextCursor: rows.length > limit ? encodeCursor([offset + limit]) : null };
};

/** Runs nested in a run, newest first. */
export const listChildRuns = async (ctx: Context, runId: string, { stage, column, limit, cursor }: { stage: Stage; column?: string[] | undefined; limit: number; cursor?: string | undefined }): Promise<Page<RunRowView>> => {
  authorize(ctx, "run:read");
  const { db } = ctx.deps;
  await needRun(db, ctx.workspace.id, runId);
  const offset = cursor === undefined ? 0 : offsetOf(cursor);
  const rows = await searchRunRows(db, ctx.workspace.id, { conditions: [nestedIn(runId), withStage("r", stage)], order: runOrder(ctx.workspace.id, []), offset, limit: limit + 1 });
  return { items: await presentRows(ctx, rows.slice(0, limit), column ?? [], stage), nextCursor: rows.length > limit ? encodeCursor([offset + limit]) : null };
};

/** Counting a filtered table further than this would cost more than the reader gains. */
const caps = { filtered: 10_000, plain: 1_000_000 };

export const countRuns = async (ctx: Context, number: number, filter: RunFilter): Promise<Count> => {
  authorize(ctx, "run:read");
  const { db } = ctx.deps;
  await prepareExperiments(ctx);
  await needExperiment(db, ctx.workspace.id, String(number));
  const cap = filter.filter || filter.status ? caps.filtered : caps.plain;
  const count = await countRunRows(db, ctx.workspace.id, conditionsOf(ctx, number, filter), cap);
  return { count: Math.min(count, cap), isExact: count <= cap };
};

const sampledRuns = 1_000;
const maxKeys = 2_000;

/** Names of metrics, params and tags in an experiment, for columns and completion. */
export const listRunKeys = async (ctx: Context, number: number, q?: string): Promise<RunKeys> => {
  authorize(ctx, "run:read");
  await prepareExperiments(ctx);
  const { db } = ctx.deps;
  await needExperiment(db, ctx.workspace.id, String(number));
  const keys = await listKeys(db, ctx.workspace.id, number, sampledRuns);
  const of = (kind: string): string[] => keys.filter((row) => row.kind === kind && (q === undefined || row.key.toLowerCase().includes(q.toLowerCase()))).map(({ key }) => key).slice(0, maxKeys);
  return { metrics: of("metric"), params: of("param"), tags: of("tag") };
};

const conditionsOf = (ctx: Context, number: number, { filter, status, stage, nested }: RunFilter): Prisma.Sql[] => [
  inExperiments("r", [number]),
  withStage("r", stage),
  ...blaming("filter", () => parseFilter(filter?.trim() || undefined).map((clause) => runCondition(ctx.workspace.id, clause))),
  ...(status ? [statusIn(statusesOf(status))] : []),
  ...(nested === "top" ? [topOnly] : []),
];

const statusesOf = (text: string): string[] => {
  const parsed = runStatusSchema.array().safeParse(text.split(","));
  if (parsed.success) return parsed.data;
  throw new AppError("invalid", "run.bad_status", `"${text}" holds what is no status. They are ${runStatusSchema.options.join(", ")}.`, { invalidParams: [{ name: "status", reason: "is not a list of statuses" }] });
};

/** Runs what reads a text of the caller's, and says by which parameter it failed. */
const blaming = <T>(name: "filter" | "sort", read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (!isAppError(error) || error.kind !== "invalid") throw error;
    throw new AppError("invalid", error.code, error.message, { cause: error, details: error.details, invalidParams: [{ name, reason: error.message }] });
  }
};

const offsetOf = (cursor: string): number => {
  const [offset] = decodeCursor(cursor, 1);
  if (typeof offset !== "number" || !Number.isSafeInteger(offset) || offset < 0) throw new AppError("invalid", "page.bad_cursor", "The cursor is not one that this list returned; start again without it.");
  return offset;
};

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
