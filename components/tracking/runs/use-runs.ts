"use client";

import { type InfiniteData, keepPreviousData, type QueryKey, useInfiniteQuery, useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { pollWhile } from "@/components/patterns/polling";
import type { Page } from "@/lib/http/api-client";
import type { Count, RunKeys, RunRowView } from "@/lib/tracking";
import { fetchChildren, fetchCount, fetchKeys, fetchRuns, trackingKeys } from "../queries";
import type { RunsQuery } from "./runs-state";

export const pageSize = 100;
const newRunsMs = 15_000;
const liveMs = 3_000;
const maxLive = 100;

/** What the server rendered: the first page and the count of one query. */
export type InitialRuns = { query: RunsQuery; page: Page<RunRowView>; count: Count };

export type RunsTarget = { workspace: string; number: number; query: RunsQuery; initial: InitialRuns | undefined };

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Runs page by page. What was shown stays until the answer to a new filter is here; the first page looks for new runs by itself. */
export const useRuns = ({ workspace, number, query, initial }: RunsTarget) => {
  const first = initial && isSame(initial.query, query) ? initial.page : undefined;
  const runs = useInfiniteQuery<Page<RunRowView>, Error, InfiniteData<Page<RunRowView>, string | undefined>, QueryKey, string | undefined>({
    queryKey: trackingKeys.runs(workspace, number, query),
    queryFn: ({ pageParam, signal }) => fetchRuns(workspace, number, { ...query, limit: pageSize, cursor: pageParam }, signal),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    retry: false,
    ...pollWhile(true, newRunsMs),
    // Far down the list a refresh would fetch every page again: there only running runs are.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 || state.status === "error" ? false : newRunsMs),
    staleTime: 5_000,
    ...(first === undefined ? {} : { initialData: { pages: [first], pageParams: [undefined] } }),
  });
  const rows = useMemo(() => {
    const all = runs.data?.pages.flatMap(({ items }) => items);
    // Between two pages a run may have begun and pushed others down.
    return all && [...new Map(all.map((row) => [row.runId, row])).values()];
  }, [runs.data]);
  return { ...runs, rows };
};

/** All runs that the filter leaves are counted, also those that stand under their parents. */
export const countedBy = ({ filter, status, stage }: RunsQuery) => ({ ...(filter === undefined ? {} : { filter }), ...(status === undefined ? {} : { status }), stage, nested: "flat" as const });

export const useRunCount = ({ workspace, number, query, initial }: RunsTarget) => {
  const where = countedBy(query);
  return useQuery({
    queryKey: trackingKeys.count(workspace, number, where),
    queryFn: ({ signal }) => fetchCount(workspace, number, where, signal),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 10_000,
    ...(initial && isSame(countedBy(initial.query), where) ? { initialData: initial.count } : {}),
  });
};

export const useRunKeys = (workspace: string, number: number, initial: RunKeys): RunKeys =>
  useQuery({ queryKey: trackingKeys.keys(workspace, number), queryFn: ({ signal }) => fetchKeys(workspace, number, signal), initialData: initial, staleTime: 30_000 }).data;

/** Fresh rows of those runs among `shown` that are under way, by id; asked every 3 s while there are any. */
export const useLiveRuns = (workspace: string, number: number, shown: readonly RunRowView[], columns: readonly string[]): ReadonlyMap<string, RunRowView> => {
  const ids = shown.filter(({ status, stage }) => status === "RUNNING" && stage === "active").map(({ runId }) => runId).slice(0, maxLive).sort();
  const query = { filter: `attributes.run_id IN (${ids.map((id) => `'${id}'`).join(", ")})`, column: columns, limit: maxLive };
  const { data } = useQuery({
    queryKey: trackingKeys.liveRuns(workspace, number, query),
    queryFn: ({ signal }) => fetchRuns(workspace, number, query, signal),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
    ...pollWhile(ids.length > 0, liveMs),
  });
  return useMemo(() => new Map((data?.items ?? []).map((row) => [row.runId, row])), [data]);
};

const maxChildren = 100;

/** Children of the expanded runs, by the id of their parent; undefined while they are read. */
export const useChildren = (workspace: string, expanded: readonly string[], stage: "active" | "deleted", columns: readonly string[]): ReadonlyMap<string, Page<RunRowView> | undefined> => {
  const query = { stage, column: columns, limit: maxChildren };
  const answers = useQueries({ queries: expanded.map((runId) => ({ queryKey: trackingKeys.children(workspace, runId, query), queryFn: ({ signal }: { signal: AbortSignal }) => fetchChildren(workspace, runId, query, signal), staleTime: 5_000, placeholderData: keepPreviousData })) });
  return new Map(expanded.map((runId, index) => [runId, answers[index]?.data]));
};
