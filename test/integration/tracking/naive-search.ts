import type { Clause, Filter, OrderClause } from "@/lib/core/search-filter";

/** A run as plain data. */
export type PlainRun = {
  runId: string;
  experiment: number;
  name: string;
  userName: string;
  status: string;
  stage: "active" | "deleted";
  startTime: number;
  endTime: number | null;
  metrics: Map<string, number>;
  params: Map<string, string>;
  tags: Map<string, string>;
  datasets: { name: string; digest: string; context: string | undefined }[];
};

const like = (pattern: string, flags: string): RegExp => new RegExp(`^${Array.from(pattern, (character) => (character === "%" ? "[\\s\\S]*" : character === "_" ? "[\\s\\S]" : character.replace(/[\\^$.*+?()[\]{}|/-]/, "\\$&"))).join("")}$`, `${flags}u`);

const isFulfilled = (found: string | number | undefined, { comparator, value }: Clause): boolean => {
  if (comparator === "IS NULL") return found === undefined;
  if (found === undefined) return false;
  switch (comparator) {
    case "IS NOT NULL": return true;
    case "IN": return (value as string[]).includes(found as string);
    case "NOT IN": return !(value as string[]).includes(found as string);
    case "LIKE": return like(value as string, "").test(found as string);
    case "ILIKE": return like(value as string, "i").test(found as string);
    case "=": return found === value;
    case "!=": return found !== value;
    case "<": return Number(found) < Number(value);
    case "<=": return Number(found) <= Number(value);
    case ">": return Number(found) > Number(value);
    case ">=": return Number(found) >= Number(value);
  }
};

const attributes: Record<string, (run: PlainRun) => string | number | undefined> = {
  run_id: ({ runId }) => runId,
  run_name: ({ name }) => name,
  user_id: ({ userName }) => userName,
  status: ({ status }) => status,
  start_time: ({ startTime }) => startTime,
  end_time: ({ endTime }) => endTime ?? undefined,
  duration: ({ startTime, endTime }) => (endTime === null ? undefined : endTime - startTime),
};

const valueOf = (run: PlainRun, { entity, key }: { entity: string | undefined; key: string }): string | number | undefined => {
  if (entity === "metrics") return run.metrics.get(key);
  if (entity === "params") return run.params.get(key);
  if (entity === "tags") return run.tags.get(key);
  return attributes[key]?.(run);
};

/** Whether a run matches, one comparison after the other. */
export const matches = (run: PlainRun, filter: Filter): boolean => {
  if (filter.kind !== "clause") return filter.kind === "and" ? filter.parts.every((part) => matches(run, part)) : filter.parts.some((part) => matches(run, part));
  if (filter.entity !== "dataset") return isFulfilled(valueOf(run, filter), filter);
  const known = run.datasets.flatMap((dataset) => dataset[filter.key as "name"] ?? []);
  return filter.comparator === "IS NULL" ? known.length === 0 : known.some((found) => isFulfilled(found, filter));
};

const start = (text: string): Buffer => Buffer.from(Array.from(text).slice(0, 200).join(""));
const compareKnown = (a: string | number, b: string | number): number => (typeof a === "string" ? Buffer.compare(start(a), start(String(b))) : Math.sign(a === b ? 0 : a - Number(b)));
const rank = (value: string | number | undefined): number => (value === undefined ? 2 : Number.isNaN(value) ? 1 : 0);

/** Puts runs in order as MLflow says it: missing values last, NaN before them, ties by newest start, then id. */
export const inOrder = (runs: readonly PlainRun[], order: readonly OrderClause[]): PlainRun[] =>
  [...runs].sort((a, b) => {
    for (const clause of order) {
      const [left, right] = [valueOf(a, clause), valueOf(b, clause)];
      if (rank(left) !== rank(right)) return rank(left) - rank(right);
      const difference = rank(left) === 0 && left !== undefined && right !== undefined ? compareKnown(left, right) : 0;
      if (difference !== 0) return clause.isAscending ? difference : -difference;
    }
    return b.startTime - a.startTime || (a.runId < b.runId ? -1 : 1);
  });
