import type { ComparedRun } from "@/lib/tracking";

/** What every run holds under a name, in the order of the runs; undefined where it holds nothing. */
export type DifferenceRow = { key: string; values: (string | undefined)[]; differs: boolean };
export type DifferenceGroup = { title: string; rows: DifferenceRow[] };

const rowsOf = (tables: readonly ReadonlyMap<string, string>[]): DifferenceRow[] => {
  const keys = [...new Set(tables.flatMap((table) => [...table.keys()]))].sort(new Intl.Collator("en", { numeric: true }).compare);
  return keys.map((key) => {
    const values = tables.map((table) => table.get(key));
    return { key, values, differs: values.some((value) => value !== values[0]) };
  });
};

/** Tags that say what the columns of the table say already, or that no reader asks for. */
const isOwn = (key: string): boolean => key !== "mlflow.runName" && key !== "mlflow.log-model.history";

const contextOf = (context: string | null): string => context ?? "dataset";

/** A run may read several datasets in one role: they stand in one cell. */
const datasetsOf = ({ datasets }: ComparedRun): Map<string, string> => {
  const found = new Map<string, string[]>();
  for (const { name, digest, context } of datasets) found.set(contextOf(context), [...(found.get(contextOf(context)) ?? []), `${name} (${digest})`]);
  return new Map([...found].map(([context, names]) => [context, names.sort().join(", ")]));
};

/** Parameters, tags and datasets of runs, by name. */
export const differenceRows = (runs: readonly ComparedRun[]): DifferenceGroup[] => [
  { title: "Parameters", rows: rowsOf(runs.map(({ params }) => new Map(params.map(({ key, value }) => [key, value])))) },
  { title: "Datasets", rows: rowsOf(runs.map(datasetsOf)) },
  { title: "Tags", rows: rowsOf(runs.map(({ tags }) => new Map(tags.filter(({ key }) => isOwn(key)).map(({ key, value }) => [key, value])))) },
];
