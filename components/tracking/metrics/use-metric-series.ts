"use client";

import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { pollWhile } from "@/components/patterns/polling";
import type { Span } from "@/components/patterns/curve-scale";
import { api, apiPath } from "@/lib/http/api-client";
import type { MetricNamesView, MetricSeriesView, SeriesAxis } from "@/lib/tracking";
import { mergeTail, tailOf } from "./series";

/** How often live curves are read on, in milliseconds. */
const liveEveryMs = 5_000;
/** The end of an axis that is still growing. */
const openEnd = Number.MAX_SAFE_INTEGER;

type Wanted = { workspace: string; runIds: readonly string[]; metric: string; axis: SeriesAxis; buckets: number; zoom: Span | undefined };

const isLive = (view: MetricSeriesView | undefined): boolean => view?.series.some((series) => series.isLive) ?? false;

/** Curves of a metric. While a run is live, only what is new is read and put in its place; a zoomed part is read as a whole. */
export const useMetricSeries = ({ workspace, runIds, metric, axis, buckets, zoom }: Wanted, enabled = true) => {
  const queries = useQueryClient();
  // A little more than is seen, so that lines run out of the picture instead of ending at its edge.
  const air = zoom ? (zoom.to - zoom.from) * 0.1 : 0;
  const range = zoom ? { from: zoom.from - air, to: zoom.to + air } : {};
  const queryKey = ["tracking", workspace, "series", runIds.join(","), metric, axis, buckets, zoom ?? null] as const;
  const read = (query: Record<string, string | number>, signal: AbortSignal) => api.get<MetricSeriesView>(apiPath(workspace, "metric-series"), { query: { metric, axis, buckets, ...query }, signal });
  return useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<MetricSeriesView> => {
      const before = zoom ? undefined : queries.getQueryData<MetricSeriesView>(queryKey);
      const tail = before && tailOf(before, buckets);
      if (!before || !tail) return read({ runs: runIds.join(","), ...range }, signal);
      const more = await read({ runs: tail.runs.join(","), from: tail.from, to: openEnd, gridFrom: before.grid.from, gridWidth: before.grid.width }, signal);
      return mergeTail(before, more, tail.from);
    },
    enabled: enabled && runIds.length > 0,
    placeholderData: keepPreviousData,
    structuralSharing: false,
    ...pollWhile(true, liveEveryMs),
    refetchInterval: ({ state }) => (isLive(state.data) ? liveEveryMs : false),
    refetchOnWindowFocus: ({ state }) => isLive(state.data),
    staleTime: 60_000,
  });
};

/** Names of the metrics of runs; read again while new ones may come. */
export const useMetricNames = (workspace: string, runIds: readonly string[], live: boolean) =>
  useQuery({
    queryKey: ["tracking", workspace, "metric-names", runIds.join(",")],
    queryFn: ({ signal }) => api.get<MetricNamesView>(apiPath(workspace, "metric-names"), { query: { runs: runIds.join(",") }, signal }),
    enabled: runIds.length > 0,
    placeholderData: keepPreviousData,
    ...pollWhile(live, 15_000),
  });
