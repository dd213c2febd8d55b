import { formatNumber } from "@/components/ui/format";
import { isHigherBetter } from "../values";
import { digitsFor, leaderOf, type Row } from "./numbers";

/** The metric that runs are judged by when the reader names none: one that all of them have, of validation before others, a score before a loss. */
export const mainMetric = (rows: readonly Row[]): string | undefined => {
  const counts = new Map<string, number>();
  for (const { metrics } of rows) for (const [key, value] of Object.entries(metrics)) if (typeof value === "number") counts.set(key, (counts.get(key) ?? 0) + 1);
  const rank = (key: string): number[] => [
    -(counts.get(key) ?? 0),
    key.startsWith("system/") ? 1 : 0,
    /(^|[_./-])(val|valid|validation|test|eval|holdout)/i.test(key) ? 0 : 1,
    /auc|acc|f1|r2|score|precision|recall|map|ndcg|bleu|ks|gini/i.test(key) ? 0 : /loss|rmse|mae|error/i.test(key) ? 1 : 2,
    /train/i.test(key) ? 1 : 0,
  ];
  const compare = (a: string, b: string): number => {
    const [left, right] = [rank(a), rank(b)];
    const at = left.findIndex((value, index) => value !== right[index]);
    return at === -1 ? a.localeCompare(b) : (left[at] ?? 0) - (right[at] ?? 0);
  };
  return [...counts.keys()].sort(compare)[0];
};

const hasNumber = ({ metrics }: Row, metric: string): boolean => typeof metrics[metric] === "number";

/** The run that others are measured against: the chosen one, else the first that has the metric, else the first. */
export const baselineOf = (rows: readonly Row[], chosen: string | undefined, metric: string | undefined): Row | undefined =>
  rows.find(({ runId }) => runId === chosen) ?? (metric === undefined ? undefined : rows.find((row) => hasNumber(row, metric))) ?? rows[0];

/** Why nobody leads; undefined where somebody does, and where there is no run. */
export const noLeadWords = (rows: readonly Row[], metric: string | undefined): string | undefined => {
  if (rows.length === 0 || (metric !== undefined && rows.some((row) => hasNumber(row, metric)))) return undefined;
  const who = rows.length === 1 ? "This run has" : `None of these ${rows.length} runs has`;
  const no = rows.length === 1 ? "no" : "a";
  return metric === undefined ? `${who} ${no} metric with a number, so there is nothing to judge by.` : `${who} ${no} number for ${metric}: choose another metric in the table, or other runs.`;
};

export type Lead = { leader: Row; text: string };

const signed = (value: number, digits: number): string => formatNumber(value, digits, true);

/** The other metric that the leader pays most with, in parts of the baseline's value. */
const priceOf = (leader: Row, baseline: Row, metric: string): { key: string; by: number; digits: number } | undefined => {
  const worse = Object.entries(leader.metrics).flatMap(([key, value]) => {
    const from = baseline.metrics[key];
    if (key === metric || key.startsWith("system/") || typeof value !== "number" || typeof from !== "number") return [];
    const by = value - from;
    const isWorse = isHigherBetter(key) ? by < 0 : by > 0;
    return isWorse && from !== 0 && Math.abs(by / from) >= 0.05 ? [{ key, by, weight: Math.abs(by / from), digits: digitsFor([value, from]) }] : [];
  });
  return worse.sort((a, b) => b.weight - a.weight)[0];
};

/** Who leads, by how much over the baseline and at what price. Differences of single runs, and said as no more than that. */
export const leadOf = (rows: readonly Row[], baseline: Row | undefined, metric: string | undefined, higherIsBetter: boolean): Lead | undefined => {
  if (metric === undefined || rows.length === 0) return undefined;
  const leader = leaderOf(rows, metric, higherIsBetter);
  if (!leader || typeof leader.metrics[metric] !== "number") return undefined;
  const best = leader.metrics[metric];
  const from = baseline?.metrics[metric];
  const values = rows.flatMap(({ metrics }) => (typeof metrics[metric] === "number" ? [metrics[metric]] : []));
  const digits = digitsFor(values);
  if (rows.length === 1) return { leader, text: `stands alone with ${metric} ${formatNumber(best, digits)}: take more runs in below.` };
  const ties = rows.filter((row) => row !== leader && row.metrics[metric] === best).length;
  const tied = ties > 0 ? `, level with ${ties} more` : "";
  if (!baseline || typeof from !== "number") return { leader, text: `leads with ${metric} ${formatNumber(best, digits)}${tied}; ${baseline ? "the baseline has no such value" : "there is no baseline"}.` };
  if (best === from) return { leader: baseline, text: `, the baseline, leads with ${metric} ${formatNumber(best, digits)}${values.length > 1 ? `; no compared run is ${higherIsBetter ? "higher" : "lower"}` : ""}.` };
  const price = priceOf(leader, baseline, metric);
  return { leader, text: `leads${tied}: ${metric} ${signed(best - from, digits)} over the baseline${price ? `, for ${price.key} ${signed(price.by, price.digits)}` : ""}.` };
};
