import { AppError } from "@/lib/core/errors";
import type { Clause, Comparator } from "@/lib/core/search-filter";

import { Prisma } from "./client";

const sqlOf: Record<Exclude<Comparator, "IN" | "NOT IN">, Prisma.Sql> = {
  "=": Prisma.sql`=`,
  "!=": Prisma.sql`<>`,
  "<": Prisma.sql`<`,
  "<=": Prisma.sql`<=`,
  ">": Prisma.sql`>`,
  ">=": Prisma.sql`>=`,
  LIKE: Prisma.sql`LIKE`,
  ILIKE: Prisma.sql`ILIKE`,
};

const fail = (message: string): never => {
  throw new AppError("invalid", "mlflow.bad_filter", message);
};

/** `column` compared as text: = != LIKE ILIKE IN NOT IN. */
export const compareText = (column: Prisma.Sql, { comparator, value, text }: Clause): Prisma.Sql => {
  if (Array.isArray(value)) return comparator === "IN" ? Prisma.sql`${column} = ANY(${value})` : Prisma.sql`${column} <> ALL(${value})`;
  if (comparator === "IN" || comparator === "NOT IN" || !["=", "!=", "LIKE", "ILIKE"].includes(comparator)) return fail(`Invalid comparator '${comparator}' for '${text}': texts compare by =, !=, LIKE, ILIKE and IN.`);
  if (typeof value === "number") return fail(`Invalid value for '${text}': expected a quoted text.`);
  return Prisma.sql`${column} ${sqlOf[comparator]} ${value}`;
};

/** `column` compared as a number: > >= = != < <=. */
export const compareNumber = (column: Prisma.Sql, { comparator, value, text }: Clause): Prisma.Sql => {
  if (comparator === "IN" || comparator === "NOT IN" || comparator === "LIKE" || comparator === "ILIKE") return fail(`Invalid comparator '${comparator}' for '${text}': numbers compare by =, !=, <, <=, > and >=.`);
  const number = typeof value === "number" ? value : Number(value);
  if (Array.isArray(value) || Number.isNaN(number)) return fail(`Invalid value for '${text}': expected a number.`);
  return Prisma.sql`${column} ${sqlOf[comparator]} ${number}::float8`;
};
