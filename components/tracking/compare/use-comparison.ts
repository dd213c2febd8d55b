"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { pollWhile } from "@/components/patterns/polling";
import type { Comparison } from "@/lib/tracking";
import type { DrawnRun } from "../metrics/run-style";
import { styleOfSlot } from "../metrics/run-style";
import { fetchCount, fetchRuns, trackingKeys } from "../queries";
import { quoteKey } from "../runs/columns";
import { filterOf } from "../runs/filter-text";
import { isHigherBetter } from "../values";
import { type Row, sortRows, toRow } from "./numbers";
import { compareKeys, fetchComparison } from "./queries";
import { runsIn } from "./slots";
import { baselineOf, leadOf, mainMetric, noLeadWords } from "./summary";
import type { CompareState } from "./use-compare-url";

/** Other runs of the experiment that stand in grey, at most. */
export const maxOthers = 150;
/** Columns that the others are read with. */
const maxOtherColumns = 100;

/** The runs of the URL with all that differs, their colours, the baseline and who leads. */
export const useComparison = (workspace: string, number: number, state: CompareState, initial: Comparison | undefined) => {
  const ids = runsIn(state.slots).join(",");
  const query = useQuery({
    queryKey: compareKeys.comparison(workspace, number, ids),
    queryFn: ({ signal }) => fetchComparison(workspace, number, ids, signal),
    enabled: ids !== "",
    placeholderData: keepPreviousData,
    ...(initial && initial.runs.length + initial.missing.length > 0 && [...initial.runs.map(({ runId }) => runId), ...initial.missing].toSorted().join() === ids.split(",").toSorted().join() ? { initialData: initial } : {}),
    ...pollWhile(true, 5_000),
    refetchInterval: ({ state: { data } }) => (data?.runs.some(({ status }) => status === "RUNNING") ? 5_000 : false),
  });
  const comparison = ids === "" ? undefined : query.data;
  const { slots, baseline: wanted, by, best } = state;
  const view = useMemo(() => {
    const rows = (comparison?.runs ?? []).map(toRow).filter(({ runId }) => slots.includes(runId)).sort((a, b) => slots.indexOf(a.runId) - slots.indexOf(b.runId));
    const metric = by ?? mainMetric(rows);
    const baseline = baselineOf(rows, wanted, metric);
    const higherIsBetter = best === undefined ? metric === undefined || isHigherBetter(metric) : best === "high";
    const drawn = rows.map(({ runId, name }): DrawnRun => ({ runId, name, isBaseline: runId === baseline?.runId, style: styleOfSlot(slots.indexOf(runId), rows.length > 1 && runId === baseline?.runId) }));
    const lead = leadOf(rows, baseline, metric, higherIsBetter);
    const kept = highlighted(rows, baseline?.runId, metric, higherIsBetter);
    const styled = drawn.map((run) => ({ ...run, style: { ...run.style, ...(run.runId === lead?.leader.runId ? { width: 2.3 } : {}), ...(kept && !kept.has(run.runId) ? { faint: true } : {}) } }));
    return { rows, baseline, metric, higherIsBetter, drawn: styled, lead, noLead: noLeadWords(rows, metric), isLive: rows.some(({ status }) => status === "RUNNING") };
  }, [comparison, slots, wanted, by, best]);
  return { query, comparison, ...view };
};

/** Of more runs than can be told apart: the best and the baseline, six together; undefined when all can stand out. */
const highlighted = (rows: readonly Row[], baselineId: string | undefined, metric: string | undefined, higherIsBetter: boolean): Set<string> | undefined => {
  if (rows.length <= 8) return undefined;
  const sorted = sortRows(rows, metric, higherIsBetter).map(({ runId }) => runId).filter((runId) => runId !== baselineId);
  return new Set([...(baselineId === undefined ? [] : [baselineId]), ...sorted.slice(0, 5)]);
};

/** The rest of the experiment, best by the metric first: a bounded part, with how many there are. */
export const useOthers = (workspace: string, number: number, state: CompareState, rows: readonly Row[], metric: string | undefined, higherIsBetter: boolean) => {
  const keys = (group: "metrics" | "params"): string[] => [...new Set(rows.flatMap((row) => Object.keys(row[group])))].filter((key) => !key.startsWith("system/"));
  const chosen = [...(state.columns ?? []).map(({ id }) => id as string), ...(state.axes ?? []), state.x, state.y, state.color, metric === undefined ? undefined : `metrics.${metric}`].filter((id) => id !== undefined);
  const column = [...new Set([...chosen.filter((id) => /^(metrics|params|tags)\../.test(id)), ...keys("params").map((key) => `params.${key}`), ...keys("metrics").map((key) => `metrics.${key}`)])].slice(0, maxOtherColumns);
  const filter = { filter: filterOf(state.filter), status: state.status || undefined };
  const query = { ...filter, column, limit: maxOthers + rows.length, ...(metric === undefined ? {} : { sort: `metrics.${quoteKey(metric)}`, direction: higherIsBetter ? "desc" : "asc" }) };
  const runs = useQuery({ queryKey: compareKeys.others(workspace, number, query), queryFn: ({ signal }) => fetchRuns(workspace, number, query, signal), enabled: rows.length > 0, placeholderData: keepPreviousData, staleTime: 30_000 });
  const count = useQuery({ queryKey: trackingKeys.count(workspace, number, filter), queryFn: ({ signal }) => fetchCount(workspace, number, filter, signal), enabled: rows.length > 0, placeholderData: keepPreviousData, staleTime: 30_000 });
  const compared = new Set(rows.map(({ runId }) => runId));
  const found = runs.data?.items ?? [];
  const others: Row[] = found.filter(({ runId }) => !compared.has(runId)).slice(0, maxOthers);
  const matchingCompared = found.length - found.filter(({ runId }) => !compared.has(runId)).length;
  return { others, total: Math.max(others.length, (count.data?.count ?? 0) - matchingCompared), isExact: count.data?.isExact ?? true, error: runs.error, isLoading: runs.data === undefined && rows.length > 0 };
};
