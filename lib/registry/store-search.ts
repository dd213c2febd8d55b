import { entityOf, pickColumn, refuseRepeated } from "@/lib/core/search-entities";
import type { Position } from "@/lib/core/keyset";
import { type Clause, clausesOf, type Filter, type OrderClause, requiredClauses } from "@/lib/core/search-filter";
import { beyond, compareNumber, compareText, compileFilter, type Database, orderBy, type OrderTerm, type Placed, positionColumn, Prisma, readAgain, termOf, type Tx } from "@/lib/platform/db";

import { promptTag } from "./prompt-tags";
import { clientModelColumns, type ClientModelRow } from "./store-client-details";
import { queryPlacedVersions, type VersionRow } from "./store-versions";

const entities = ["attribute", "tag"] as const;

type Column = { sql: Prisma.Sql; type: OrderTerm["type"]; compared?: Prisma.Sql };
type Columns = Record<string, Column>;
export type RegistryQuery = { filter: Filter | undefined; order: readonly OrderClause[]; after: Position | undefined; limit: number };

const time = (sql: Prisma.Sql): Column => ({ sql, type: "timestamptz", compared: Prisma.sql`(extract(epoch FROM ${sql}) * 1000)` });
/** Version numbers may stand in quotes, as MLflow takes them. */
const unquoted = (clause: Clause): Clause => (typeof clause.value === "string" && /^\d{1,9}$/.test(clause.value) ? { ...clause, value: Number(clause.value) } : clause);
const compare = ({ sql, type, compared }: Column, clause: Clause): Prisma.Sql => (type === "text" ? compareText(sql, clause) : compareNumber(compared ?? sql, type === "int" ? unquoted(clause) : clause));

/** Tags of what is searched: the value of one, whether one has a value, and whether none has it. */
type TagColumns = Record<"equals" | "isNot", (key: string, value: string) => Prisma.Sql> & { value: (key: string) => Prisma.Sql };

const tagsOfModels = (workspaceId: string): TagColumns => ({
  value: (key) => Prisma.sql`m.tags ->> ${key}`,
  // As the index `registered_model_tags_idx` has it; two tags may share a mark.
  equals: (key, value) => Prisma.sql`(m.tags <> '{}' AND tag_marks(m.workspace_id, m.tags) @> ARRAY[hashtextextended(${key}::text || '=' || ${value}::text, uuid_hash_extended(${workspaceId}::uuid, 0))] AND m.tags ->> ${key} = ${value})`,
  isNot: (key, value) => Prisma.sql`m.tags ->> ${key} IS DISTINCT FROM ${value}`,
});

const tagsOfVersions = (workspaceId: string): TagColumns => ({
  value: (key) => Prisma.sql`(SELECT t.value FROM model_version_tag t WHERE t.version_id = v.id AND t.key = ${key})`,
  equals: (key, value) => {
    // The index holds beginnings. Of a short value that is all there is, and the index alone answers.
    const matches = value.length < 200 ? Prisma.sql`t.value_start = ${value}::text` : Prisma.sql`t.value_start = left(${value}::text, 200) AND t.value = ${value}`;
    return Prisma.sql`v.id IN (SELECT t.version_id FROM model_version_tag t WHERE t.workspace_id = ${workspaceId}::uuid AND t.key = ${key} AND ${matches})`;
  },
  isNot: (key, value) => Prisma.sql`NOT EXISTS (SELECT 1 FROM model_version_tag t WHERE t.version_id = v.id AND t.key = ${key} AND t.value = ${value})`,
});

/** What is no prompt has no such tag, so that "is not a prompt" must match it. */
const tagCondition = (tags: TagColumns, clause: Clause): Prisma.Sql => {
  const { key, comparator, value } = clause;
  if (key === promptTag && comparator === "!=") return tags.isNot(key, String(value));
  return comparator === "=" && typeof value === "string" ? tags.equals(key, value) : compareText(tags.value(key), clause);
};

/** Prompts are found by those alone who ask for them. */
const saysNoPrompt = (clause: Clause): boolean => clause.key === promptTag && /^tags?$/.test(clause.entity ?? "") && clause.comparator === "!=" && clause.value === "true";
const asksForPrompts = (clause: Clause): boolean => clause.key === promptTag && !saysNoPrompt(clause);

const conditionOf = (filter: Filter | undefined, columns: Columns, tags: TagColumns, what: string): Prisma.Sql => {
  const known = new Set(clausesOf(filter).some(asksForPrompts) ? [] : requiredClauses(filter).filter(saysNoPrompt));
  const compile = (clause: Clause): Prisma.Sql => (known.has(clause) ? Prisma.sql`true` : entityOf(clause, entities) === "tag" ? tagCondition(tags, clause) : compare(pickColumn(columns, clause, clause.key, what), clause));
  const withoutPrompts = clausesOf(filter).some(asksForPrompts) ? Prisma.sql`true` : tags.isNot(promptTag, "true");
  return filter ? Prisma.sql`${withoutPrompts} AND ${compileFilter(filter, compile)}` : withoutPrompts;
};

const orderOf = (order: readonly OrderClause[], columns: Columns, ties: Record<string, boolean>, what: string): OrderTerm[] => {
  refuseRepeated(order, ({ key }) => key);
  const term = ({ sql, type }: Column, isAscending: boolean): OrderTerm => termOf(sql, type, isAscending);
  const own = order.map((clause) => {
    entityOf(clause, ["attribute"]);
    return term(pickColumn(columns, clause, clause.key, what), clause.isAscending);
  });
  const rest = Object.entries(ties).flatMap(([key, isAscending]) => {
    const column = order.some((clause) => columns[clause.key] === columns[key]) ? undefined : columns[key];
    return column ? [term(column, isAscending)] : [];
  });
  return [...own, ...rest];
};

const behind = (terms: readonly OrderTerm[], after: Position | undefined): Prisma.Sql => (after ? Prisma.sql`AND ${beyond(terms, after)}` : Prisma.empty);

const updated = time(Prisma.sql`m.updated_at`);
const modelColumns: Columns = { name: { sql: Prisma.sql`m.name`, type: "text" }, creation_timestamp: time(Prisma.sql`m.created_at`), last_updated_timestamp: updated };

/** Models by MLflow's filter and order, by name otherwise. Prompts only when asked for. */
export const searchModelRows = async (db: Database, workspaceId: string, { filter, order, after, limit }: RegistryQuery): Promise<Placed<ClientModelRow>[]> => {
  const terms = orderOf(order, { ...modelColumns, timestamp: updated }, { name: true }, "registered models");
  return readAgain<Placed<ClientModelRow>>(db, Prisma.sql`
    SELECT ${clientModelColumns}, ${positionColumn(terms)}
    FROM registered_model m WHERE m.workspace_id = ${workspaceId}::uuid AND ${conditionOf(filter, modelColumns, tagsOfModels(workspaceId), "registered models")} ${behind(terms, after)}
    ORDER BY ${orderBy(terms)} LIMIT ${limit}`);
};

const number: Column = { sql: Prisma.sql`v.number`, type: "int" };
const versionColumns: Columns = {
  name: { sql: Prisma.sql`m.name`, type: "text" },
  version_number: number,
  version: number,
  run_id: { sql: Prisma.sql`v.run_id`, type: "text" },
  source_path: { sql: Prisma.sql`v.source`, type: "text" },
};
const versionOrder: Columns = { name: { sql: Prisma.sql`m.name`, type: "text" }, version_number: number, creation_timestamp: time(Prisma.sql`v.created_at`), last_updated_timestamp: time(Prisma.sql`v.updated_at`) };

/** Versions by MLflow's filter and order, by name and newest first otherwise. Those of prompts only when asked for. */
export const searchVersionRows = (tx: Tx, workspaceId: string, { filter, order, after, limit }: RegistryQuery): Promise<Placed<VersionRow>[]> => {
  const terms = orderOf(order, versionOrder, { name: true, version_number: false }, "model versions");
  return queryPlacedVersions(tx, Prisma.sql`
    WHERE v.workspace_id = ${workspaceId}::uuid AND v.deleted_at IS NULL AND ${conditionOf(filter, versionColumns, tagsOfVersions(workspaceId), "model versions")} ${behind(terms, after)}
    ORDER BY ${orderBy(terms)} LIMIT ${limit}`, positionColumn(terms));
};
