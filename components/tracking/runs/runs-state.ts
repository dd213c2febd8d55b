import type { RunKeys } from "@/lib/tracking";
import { type ColumnSpec, defaultColumns, parseColumns, wireColumns } from "./columns";
import { filterOf } from "./filter-text";

export type RunsState = { q: string | null; sort: string | null; cols: string | null; status: string | null; stage: "deleted" | null; view: "flat" | "nested" | null; differ: boolean | null };

/** What the table shows, from the URL's words. Server and browser read them alike, so that the first page fits. */
export const readRunsState = (state: RunsState, keys: RunKeys) => {
  const columns: ColumnSpec[] = state.cols === null ? defaultColumns(keys) : parseColumns(state.cols);
  const isAscending = state.sort !== null && !state.sort.startsWith("-");
  const sort = state.sort === null ? undefined : state.sort.replace(/^-/, "");
  // Children stand under their parents until a filter asks for them by themselves.
  const isNested = state.view === "nested" || (state.view === null && (state.q ?? "") === "" && (state.status ?? "") === "" && sort === undefined);
  const filter = filterOf(state.q ?? undefined);
  const where = { ...(filter === undefined ? {} : { filter }), ...(state.status ? { status: state.status } : {}), stage: state.stage ?? ("active" as const), nested: isNested ? ("top" as const) : ("flat" as const) };
  const query = { ...where, ...(sort === undefined ? {} : { sort, direction: isAscending ? ("asc" as const) : ("desc" as const) }), column: wireColumns(columns) };
  return { columns, sort, isAscending, isNested, where, query };
};

export type RunsQuery = ReturnType<typeof readRunsState>["query"];

/** Reads the words of the URL on the server. */
export const stateFromSearch = (search: Record<string, string | string[] | undefined>): RunsState => {
  const textOf = (name: string): string | null => {
    const value = search[name];
    return typeof value === "string" && value !== "" ? value : null;
  };
  const view = textOf("view");
  return { q: textOf("q"), sort: textOf("sort"), cols: textOf("cols"), status: textOf("status"), stage: textOf("stage") === "deleted" ? "deleted" : null, view: view === "flat" || view === "nested" ? view : null, differ: textOf("differ") === "true" ? true : null };
};
