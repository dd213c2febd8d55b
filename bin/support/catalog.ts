import { type Client, escapeIdentifier } from "pg";

import { leftOut, type TableShape } from "./backup-format";

type TableRow = { schema: string; name: string; columns: string[] };
type ReferenceRow = { from_table: string; to_table: string };

const tablesSql = `
  SELECT n.nspname AS schema, c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE c.relkind = 'r' AND n.nspname IN ('public', 'inference') AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  GROUP BY n.nspname, c.relname ORDER BY n.nspname, c.relname`;

const referencesSql = `
  SELECT conrelid::regclass::text AS from_table, confrelid::regclass::text AS to_table
  FROM pg_constraint WHERE contype = 'f' AND conrelid <> confrelid`;

export const qualified = (table: Pick<TableShape, "schema" | "name">): string => `${escapeIdentifier(table.schema)}.${escapeIdentifier(table.name)}`;

const plainName = (table: TableRow): string => (table.schema === "public" ? table.name : `${table.schema}.${table.name}`);

/** Every table that holds rows, partitions included, in an order in which references point backwards. */
export const listTables = async (client: Client): Promise<TableShape[]> => {
  const tables = (await client.query<TableRow>(tablesSql)).rows.filter((table) => !leftOut.has(`${table.schema}.${table.name}`));
  const references = (await client.query<ReferenceRow>(referencesSql)).rows;
  const needs = new Map(tables.map((table) => [plainName(table), references.filter((row) => row.from_table.replaceAll('"', "") === plainName(table)).map((row) => row.to_table.replaceAll('"', ""))]));
  const byName = new Map(tables.map((table) => [plainName(table), table]));
  const ordered: TableShape[] = [];
  const visited = new Set<string>();
  const visit = (name: string): void => {
    if (visited.has(name)) return;
    visited.add(name);
    for (const needed of needs.get(name) ?? []) visit(needed);
    const table = byName.get(name);
    if (table) ordered.push(table);
  };
  for (const name of byName.keys()) visit(name);
  return ordered;
};

export const listSequences = async (client: Client): Promise<{ schema: string; name: string; lastValue: string }[]> =>
  (await client.query<{ schema: string; name: string; lastValue: string }>(`SELECT schemaname AS schema, sequencename AS name, last_value::text AS "lastValue" FROM pg_sequences WHERE schemaname IN ('public', 'inference') AND last_value IS NOT NULL`)).rows;
