"use client";

import { useInfiniteQuery, type InfiniteData, type QueryKey } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Page } from "@/lib/http/api-client";
import { pollWhile } from "./polling";

export type CursorListOptions<Row> = {
  /** With everything that changes the answer (filters, environment). */
  queryKey: QueryKey;
  fetchPage: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Row>>;
  /** First page from the server component, for the same key. */
  initialPage?: Page<Row> | undefined;
  /** Refresh in this interval while the tab is visible. */
  refetchIntervalMs?: number | undefined;
};

export type CursorList<Row> = {
  /** Undefined until the first page is here. */
  rows: readonly Row[] | undefined;
  error: unknown;
  onRetry: () => void;
  hasMore: boolean;
  onMore: () => void;
  isFetchingMore: boolean;
  isRefreshing: boolean;
};

/** A list that the server pages by cursor; spread the result into DataTable. Old rows stay while a refresh runs. */
export const useCursorList = <Row>({ queryKey, fetchPage, initialPage, refetchIntervalMs }: CursorListOptions<Row>): CursorList<Row> => {
  const query = useInfiniteQuery<Page<Row>, Error, InfiniteData<Page<Row>, string | undefined>, QueryKey, string | undefined>({
    queryKey,
    queryFn: ({ pageParam, signal }) => fetchPage(pageParam, signal),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    ...pollWhile(refetchIntervalMs !== undefined, refetchIntervalMs),
    ...(initialPage === undefined ? {} : { initialData: { pages: [initialPage], pageParams: [undefined] } }),
  });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items), [query.data]);
  return {
    rows,
    error: query.error,
    onRetry: () => void query.refetch(),
    hasMore: query.hasNextPage,
    onMore: () => void query.fetchNextPage(),
    isFetchingMore: query.isFetchingNextPage,
    isRefreshing: query.isFetching && !query.isFetchingNextPage && rows !== undefined,
  };
};
