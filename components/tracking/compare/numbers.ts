import type { ComparedRun, RunRowView } from "@/lib/tracking";

/** A row of the comparison, compared or not. */
export type Row = RunRowView;

export const toRow = ({ metrics, params, tags, ...run }: ComparedRun): Row => ({
  ...run,
  childCount: 0,
  metrics: Object.fromEntries(metrics.map(({ key, value }) => [key, value])),
  params: Object.fromEntries(params.map(({ key, value }) => [key, value])),
  tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
});

/** What a row says in a column; undefined when it says nothing. */
export const valueOf = (row: Row, id: string): number | string | undefined => {
  const dot = id.indexOf(".");
  const key = id.slice(dot + 1);
  return id.startsWith("metrics.") ? row.metrics[key] : id.startsWith("params.") ? row.params[key] : id.startsWith("tags.") ? row.tags[key] : undefined;
};

/** A text that is a whole number of the usual forms, as a number. */
export const numberIn = (value: number | string | undefined): number | undefined => {
  if (typeof value === "number") return value;
  if (value === undefined || !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value)) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
};

export type Difference = { by: number; isBetter: boolean | undefined };

/** How far a metric is from the baseline's; undefined where one of the two has no number. */
export const differenceTo = (baseline: Row | undefined, row: Row, key: string, higherIsBetter: boolean): Difference | undefined => {
  const [from, to] = [baseline?.metrics[key], row.metrics[key]];
  if (typeof from !== "number" || typeof to !== "number") return undefined;
  const by = to - from;
  return Number.isFinite(by) ? { by, isBetter: by === 0 ? undefined : by > 0 === higherIsBetter } : undefined;
};

/** Rows by a metric, best first; those without a number last, in the order they came. */
export const sortRows = (rows: readonly Row[], key: string | undefined, higherIsBetter: boolean): Row[] => {
  const placeOf = ({ metrics }: Row): number => {
    const value = key === undefined ? undefined : metrics[key];
    return typeof value === "number" ? (higherIsBetter ? -value : value) : Infinity;
  };
  return rows.toSorted((a, b) => (placeOf(a) === placeOf(b) ? 0 : placeOf(a) - placeOf(b)));
};

/** The row with the best number of a metric; the first of equals. */
export const leaderOf = (rows: readonly Row[], key: string, higherIsBetter: boolean): Row | undefined =>
  rows.reduce<Row | undefined>((best, row) => {
    const [value, record] = [row.metrics[key], best?.metrics[key]];
    if (typeof value !== "number") return best;
    return typeof record !== "number" || (higherIsBetter ? value > record : value < record) ? row : best;
  }, undefined);

/** Figures after the point that tell these values apart: two or three at least, four significant ones at most. */
export const digitsFor = (values: readonly number[]): number => {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  const gaps = distinct.slice(1).map((value, index) => value - (distinct[index] ?? 0)).filter((gap) => gap > 0);
  const size = Math.max(0, ...values.map(Math.abs));
  if (values.every((value) => Number.isInteger(value))) return 0;
  const fine = gaps.length > 0 ? Math.min(...gaps) : size;
  return Math.min(6, Math.max(0, Math.ceil(-Math.log10(size || 1))) + 3, Math.max(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3, Math.ceil(-Math.log10(Math.max(fine, size * 1e-4, 1e-12)))));
};
