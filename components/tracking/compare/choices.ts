import type { RunKeys } from "@/lib/tracking";
import { isHigherBetter } from "../values";
import { numberIn, type Row } from "./numbers";

const collator = new Intl.Collator("en", { numeric: true });
const isSystem = (key: string): boolean => key.startsWith("system/");

/** Names that any of the rows uses. */
export const keysOf = (rows: readonly Row[]): RunKeys => {
  const of = (group: "metrics" | "params" | "tags"): string[] => [...new Set(rows.flatMap((row) => Object.keys(row[group])))].filter((key) => !key.startsWith("mlflow.")).sort(collator.compare);
  return { metrics: of("metrics"), params: of("params"), tags: of("tags") };
};

/** Names that tell the rows apart; those that most rows have come first, since a name of one row compares nothing. */
const differing = (rows: readonly Row[], group: "metrics" | "params"): string[] => {
  const held = (key: string): number => rows.filter((row) => row[group][key] !== undefined).length;
  const found = keysOf(rows)[group].filter((key) => rows.length < 2 || rows.some((row) => row[group][key] !== rows[0]?.[group][key]));
  return found.map((key) => ({ key, held: held(key) })).sort((a, b) => b.held - a.held).map(({ key }) => key);
};

/** Results in the order of interest: the one that is judged by, then those that most rows have, costs last. */
const results = (rows: readonly Row[], metric: string | undefined, showsSame: boolean): string[] => {
  const all = (showsSame ? keysOf(rows).metrics : differing(rows, "metrics")).filter((key) => !isSystem(key));
  const held = (key: string): number => rows.filter((row) => row.metrics[key] !== undefined).length;
  const isJudged = (key: string): number => (/(^|[_./-])(val|valid|validation|test|eval|holdout)/i.test(key) ? 0 : /train|epoch|norm|(^|[_/.])lr($|[_/.])|learning_rate/i.test(key) ? 2 : 1);
  const sorted = all.filter((key) => key !== metric).sort((a, b) => held(b) - held(a) || isJudged(a) - isJudged(b) || Number(isHigherBetter(b)) - Number(isHigherBetter(a)) || collator.compare(a, b));
  return [...(metric === undefined || !keysOf(rows).metrics.includes(metric) ? [] : [metric]), ...sorted];
};

/** Columns that the table opens with: up to four results and eight parameters. */
export const chooseColumns = (rows: readonly Row[], metric: string | undefined, showsSame: boolean): string[] => [
  ...results(rows, metric, showsSame).slice(0, 4).map((key) => `metrics.${key}`),
  ...(showsSame ? keysOf(rows).params : differing(rows, "params")).slice(0, 8).map((key) => `params.${key}`),
];

/** Axes from parameters to results: up to six parameters that differ, numbers before words, then a cost and the result judged by. */
export const chooseAxes = (rows: readonly Row[], metric: string | undefined): string[] => {
  const isNumeric = (key: string): boolean => rows.every((row) => row.params[key] === undefined || numberIn(row.params[key]) !== undefined);
  const isCommon = (key: string): boolean => 2 * rows.filter((row) => row.params[key] !== undefined).length >= rows.length;
  const found = differing(rows, "params");
  const params = (found.some(isCommon) ? found.filter(isCommon) : found).sort((a, b) => Number(isNumeric(b)) - Number(isNumeric(a)));
  const second = results(rows, metric, false).find((key) => key !== metric && !isHigherBetter(key)) ?? results(rows, metric, false).find((key) => key !== metric);
  return [...params.slice(0, 6).map((key) => `params.${key}`), ...(second === undefined ? [] : [`metrics.${second}`]), ...(metric === undefined ? [] : [`metrics.${metric}`])];
};
