import { type Clause, clauseMistake, type Comparator, type Filter } from "@/lib/core/search-filter";

import { Prisma } from "./client";

type Plain = Exclude<Comparator, "IN" | "NOT IN" | "IS NULL" | "IS NOT NULL">;

const sqlOf: Record<Plain, Prisma.Sql> = {
  "=": Prisma.sql`=`,
  "!=": Prisma.sql`<>`,
  "<": Prisma.sql`<`,
  "<=": Prisma.sql`<=`,
  ">": Prisma.sql`>`,
  ">=": Prisma.sql`>=`,
  LIKE: Prisma.sql`LIKE`,
  ILIKE: Prisma.sql`ILIKE`,
};

/** Joins the conditions of a filter's comparisons as the filter joins them. */
export const compileFilter = (filter: Filter, compile: (clause: Clause) => Prisma.Sql): Prisma.Sql =>
  filter.kind === "clause" ? compile(filter) : Prisma.sql`(${Prisma.join(filter.parts.map((part) => compileFilter(part, compile)), filter.kind === "and" ? " AND " : " OR ")})`;

/** Postgres takes a backslash in a pattern for an escape; MLflow knows none. */
const likePattern = (pattern: string): string => pattern.replaceAll("\\", "\\\\");

/** `column` compared as text: = != LIKE ILIKE IN NOT IN IS NULL. A missing value fulfils IS NULL alone. */
export const compareText = (column: Prisma.Sql, clause: Clause): Prisma.Sql => {
  const { comparator, value, text } = clause;
  if (comparator === "IS NULL") return Prisma.sql`${column} IS NULL`;
  if (comparator === "IS NOT NULL") return Prisma.sql`${column} IS NOT NULL`;
  if (comparator === "IN" || comparator === "NOT IN") {
    const values = Array.isArray(value) ? value : [];
    return comparator === "IN" ? Prisma.sql`${column} = ANY(${values}::text[])` : Prisma.sql`${column} <> ALL(${values}::text[])`;
  }
  if (!["=", "!=", "LIKE", "ILIKE"].includes(comparator)) throw clauseMistake(clause, "comparator", `Invalid comparator '${comparator}' for '${text}': texts compare by =, !=, LIKE, ILIKE, IN, NOT IN, IS NULL and IS NOT NULL`);
  if (typeof value !== "string") throw clauseMistake(clause, "value", `Expected a quoted string value for '${text}' (e.g. 'my-value'). Got value ${String(value)}`);
  return Prisma.sql`${column} ${sqlOf[comparator]} ${comparator === "LIKE" || comparator === "ILIKE" ? likePattern(value) : value}`;
};

/** The number that a comparison names; raises invalid where it compares as texts do. */
export const numberOf = (clause: Clause): number => {
  const { comparator, value, text } = clause;
  if (!["=", "!=", "<", "<=", ">", ">="].includes(comparator)) throw clauseMistake(clause, "comparator", `Invalid comparator '${comparator}' for '${text}': numbers compare by =, !=, <, <=, >, >=, IS NULL and IS NOT NULL`);
  if (typeof value !== "number") throw clauseMistake(clause, "value", `Expected numeric value type for '${text}'. Found '${String(value)}'`);
  return value;
};

/** `column` compared as a number: > >= = != < <= IS NULL. NaN differs from every number and is neither more nor less than any. */
export const compareNumber = (column: Prisma.Sql, clause: Clause, type: "float8" | "bigint" = "float8"): Prisma.Sql => {
  const { comparator } = clause;
  if (comparator === "IS NULL") return Prisma.sql`${column} IS NULL`;
  if (comparator === "IS NOT NULL") return Prisma.sql`${column} IS NOT NULL`;
  const number = numberOf(clause);
  const operator = sqlOf[comparator as Plain];
  if (type === "bigint" && Number.isSafeInteger(number)) return Prisma.sql`${column} ${operator} ${String(number)}::text::bigint`;
  // Postgres holds NaN to be greater than every number.
  const known = type === "float8" && (comparator === ">" || comparator === ">=") ? Prisma.sql`nullif(${column}::float8, 'NaN'::float8)` : Prisma.sql`${column}::float8`;
  return Prisma.sql`${known} ${operator} ${String(number)}::text::float8`;
};
