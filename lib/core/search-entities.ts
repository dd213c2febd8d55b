import { type AppError } from "./errors";
import { type Clause, clauseMistake, type OrderClause } from "./search-filter";
import { mistake } from "./search-tokens";

const names = {
  attribute: "attribute", attributes: "attribute", attr: "attribute", run: "attribute",
  metric: "metric", metrics: "metric", param: "param", params: "param", parameter: "param", parameters: "param",
  tag: "tag", tags: "tag", dataset: "dataset", datasets: "dataset",
} as const;
export type Entity = (typeof names)[keyof typeof names];

type Named = Clause | OrderClause;

/** A mistake in the name of a field, shown where it stands. */
const fieldMistake = (clause: Named, message: string): AppError => ("kind" in clause ? clauseMistake(clause, "identifier", message) : orderMistake(clause, message));

export const orderMistake = ({ text }: OrderClause, message: string): AppError => mistake(text, 0, text.length, `Invalid order_by clause '${text.slice(0, 200)}': ${message}`, "search.bad_order");

/** What stands before the first dot of a name, in the singular; attribute when nothing does. Raises invalid where the search has no such fields. */
export const entityOf = <E extends Entity>(clause: Named, allowed: readonly E[]): E => {
  const name = clause.entity === undefined ? "attribute" : Object.hasOwn(names, clause.entity) ? names[clause.entity as keyof typeof names] : undefined;
  const entity = allowed.find((candidate) => candidate === name);
  if (entity === undefined) throw fieldMistake(clause, `Invalid entity type '${clause.entity ?? "attribute"}'. Valid values are ${allowed.join(", ")}`);
  return entity;
};

/** The column behind an attribute; raises invalid that lists those that there are. */
export const pickColumn = <Column>(columns: Record<string, Column>, clause: Named, key: string, what: string): Column => {
  const column = Object.hasOwn(columns, key) ? columns[key] : undefined;
  if (column === undefined) throw fieldMistake(clause, `Invalid attribute key '${clause.key}' specified. Valid keys of ${what} are ${Object.keys(columns).join(", ")}`);
  return column;
};

/** An order names each field once. */
export const refuseRepeated = (clauses: readonly OrderClause[], nameOf: (clause: OrderClause) => string): void => {
  const seen = new Set<string>();
  for (const clause of clauses) {
    const name = nameOf(clause);
    if (seen.has(name)) throw orderMistake(clause, "`order_by` contains duplicate fields");
    seen.add(name);
  }
};
