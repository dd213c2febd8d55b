import { z } from "zod";

import { defineOperation } from "@/lib/http/operation";

import { MetricNamesView, MetricSeriesView, RunIdList, SeriesQuery } from "./schema-series";

export const getMetricSeriesOperation = defineOperation({
  id: "getMetricSeries",
  method: "GET",
  path: "/w/{workspace}/metric-series",
  summary: "Read the curves of one metric over up to 50 runs, reduced to the width of a drawing without losing an extreme",
  permission: "run:read",
  query: SeriesQuery,
  response: MetricSeriesView,
});

export const listMetricNamesOperation = defineOperation({
  id: "listMetricNames",
  method: "GET",
  path: "/w/{workspace}/metric-names",
  summary: "List the metrics that any of these runs logged",
  permission: "run:read",
  query: z.object({ runs: RunIdList }),
  response: MetricNamesView,
});
