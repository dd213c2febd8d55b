import { decodePosition, encodePosition } from "@/lib/core/keyset";
import { allOf, type Filter, parseFilter, parseOrder } from "@/lib/core/search-filter";
import { authorize } from "@/lib/identity/server";
import type { Context } from "@/lib/platform/context";

import { experimentNumbersOf, type ViewType } from "./service-experiments";
import { listExperimentKeys, type RunKeyNames } from "./store-run-keys";
import type { PlacedRun } from "./store-run-rows";
import { countFoundRuns, findRuns, type RunQuery } from "./store-run-search";
import { loadRunTexts, type RunTexts } from "./store-run-texts";

/** Which runs: numbers of experiments, a filter in MLflow's words and more, and `also` further filters that a screen adds. */
export type RunSearch = { experiments: readonly number[]; filter: string | undefined; also?: readonly string[]; stage: RunQuery["stage"] };
export type RunPageOptions = { orderBy: readonly string[]; limit: number; token: string | undefined };

const filterOf = ({ filter, also = [] }: RunSearch): Filter | undefined => allOf(parseFilter(filter), ...also.map(parseFilter));

/**
 * A page of runs without what they hold. The token is of this search and order alone; runs that come or go meanwhile neither repeat
 * others nor hide them.
 */
export const findRunPage = async (ctx: Context, search: RunSearch, { orderBy, limit, token }: RunPageOptions): Promise<{ rows: PlacedRun[]; nextToken: string | undefined }> => {
  authorize(ctx, "run:read");
  const { experiments, filter = "", also = [], stage } = search;
  const identity = ["runs", ctx.workspace.id, experiments, filter, also, stage, orderBy];
  const query: RunQuery = { experiments, stage, filter: filterOf(search), order: parseOrder(orderBy) };
  const after = token ? decodePosition(identity, token) : undefined;
  const rows = await findRuns(ctx.deps.db, ctx.workspace.id, query, { after, limit: limit + 1 });
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { rows: rows.slice(0, limit), nextToken: last && encodePosition(identity, last.position) };
};

/** How many runs match; counting stops at `cap`. */
export const countMatchingRuns = async (ctx: Context, search: RunSearch, cap: number): Promise<number> => {
  authorize(ctx, "run:read");
  return countFoundRuns(ctx.deps.db, ctx.workspace.id, { experiments: search.experiments, stage: search.stage, filter: filterOf(search) }, cap);
};

/** Names of the metrics, params and tags of an experiment's runs, deleted ones included; at most `limit` of each kind. */
export const listRunKeyNames = (ctx: Context, experiment: number, limit: number): Promise<RunKeyNames> => {
  authorize(ctx, "run:read");
  return listExperimentKeys(ctx.deps.db, ctx.workspace.id, experiment, limit);
};

export type SearchRuns = { experimentIds: string[]; filter: string | undefined; viewType: ViewType; orderBy: string[]; limit: number; token: string | undefined };
export type FoundRun = PlacedRun & RunTexts;

const stages = { ACTIVE_ONLY: "active", DELETED_ONLY: "deleted", ALL: "all" } as const;

/** Runs as MLflow's clients search them, with all that they hold. */
export const searchRuns = async (ctx: Context, { experimentIds, filter, viewType, orderBy, limit, token }: SearchRuns): Promise<{ runs: FoundRun[]; nextToken: string | undefined }> => {
  const experiments = experimentNumbersOf(experimentIds);
  const { rows, nextToken } = await findRunPage(ctx, { experiments, filter, stage: stages[viewType] }, { orderBy, limit, token });
  const texts = await loadRunTexts(ctx.deps.db, rows.map(({ seq }) => seq));
  return { runs: rows.flatMap((row) => {
    const held = texts.get(row.seq);
    return held ? [{ ...row, ...held }] : [];
  }), nextToken };
};
