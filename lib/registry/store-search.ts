import { entityOf, pickColumn, refuseRepeated } from "@/lib/core/search-entities";
import type { Position } from "@/lib/core/keyset";
import { type Clause, clausesOf, type Filter, type OrderClause, requiredClauses } from "@/lib/core/search-filter";
import { beyond, compareNumber, compareText, compileFilter, type Database, orderBy, type OrderTerm, positionColumn, Prisma, readAgain, termOf, type Tx } from "@/lib/platform/db";

import { promptTag } from "./prompt-tags";
import { type DetailTexts, modelDetailColumns, type ModelDetails, toModelDetails } from "./store-client-details";
import type { ModelRow } from "./store-models";
import { queryPlacedVersions, queryVersions, type VersionRow } from "./store-versions";

const entities = ["attribute", "tag"] as const;

type Column = { sql: Prisma.Sql; type: OrderTerm["type"]; compared?: Prisma.Sql };
type Columns = Record<string, Column>;
export type RegistryQuery = { filter: Filter | undefined; order: readonly OrderClause[]; after: Position | undefined; limit: number };

const time = (sql: Prisma.Sql): Column => ({ sql, type: "timestamptz", compared: Prisma.sql`(extract(epoch FROM ${sql}) * 1000)` });
/** Version numbers may stand in quotes, as MLflow takes them. */
const unquoted = (clause: Clause): Clause => (typeof clause.value === "string" && /^\d{1,9}$/.test(clause.value) ? { ...clause, value: Number(clause.value) } : clause);
const compare = ({ sql, type, compared }: Column, clause: Clause): Prisma.Sql => (type === "text" ? compareText(sql, clause) : compareNumber(compared ?? sql, type === "int" ? unquoted(clause) : clause));

/** Where tags of an entity are: the rows `t` of one, those of the whole workspace, and what names their entity. */
type TagTable = { ofOne: Prisma.Sql; ofAll: Prisma.Sql; owner: Prisma.Sql; id: Prisma.Sql };

/** A model that is no prompt has no such tag, so that "is not a prompt" must match it. */
const tagCondition = ({ ofOne, ofAll, owner, id }: TagTable, clause: Clause): Prisma.Sql => {
  const { key, comparator, value } = clause;
  if (key === promptTag && comparator === "!=") return Prisma.sql`NOT EXISTS (SELECT 1 FROM ${ofOne} AND t.key = ${key} AND t.value = ${String(value)})`;
  if (comparator === "=" && typeof value === "string") {
    // The index holds beginnings. Of a short value that is all there is, and the index alone answers.
    const matches = value.length < 200 ? Prisma.sql`t.value_start = ${value}::text` : Prisma.sql`t.value_start = left(${value}::text, 200) AND t.value = ${value}`;
    return Prisma.sql`${id} IN (SELECT ${owner} FROM ${ofAll} AND t.key = ${key} AND ${matches})`;
  }
  return compareText(Prisma.sql`(SELECT t.value FROM ${ofOne} AND t.key = ${key})`, clause);
};

/** Prompts are found by those alone who ask for them. */
const saysNoPrompt = (clause: Clause): boolean => clause.key === promptTag && /^tags?$/.test(clause.entity ?? "") && clause.comparator === "!=" && clause.value === "true";
const asksForPrompts = (clause: Clause): boolean => clause.key === promptTag && !saysNoPrompt(clause);

const conditionOf = (filter: Filter | undefined, columns: Columns, tags: TagTable, what: string): Prisma.Sql => {
  const known = new Set(clausesOf(filter).some(asksForPrompts) ? [] : requiredClauses(filter).filter(saysNoPrompt));
  const compile = (clause: Clause): Prisma.Sql => (known.has(clause) ? Prisma.sql`true` : entityOf(clause, entities) === "tag" ? tagCondition(tags, clause) : compare(pickColumn(columns, clause, clause.key, what), clause));
  const withoutPrompts = clausesOf(filter).some(asksForPrompts) ? Prisma.sql`true` : Prisma.sql`NOT EXISTS (SELECT 1 FROM ${tags.ofOne} AND t.key = ${promptTag} AND t.value = 'true')`;
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
export const searchModelRows = async (db: Database, workspaceId: string, { filter, order, after, limit }: RegistryQuery): Promise<(ModelRow & ModelDetails & { position: Position })[]> => {
  const terms = orderOf(order, { ...modelColumns, timestamp: updated }, { name: true }, "registered models");
  const tags: TagTable = {
    ofOne: Prisma.sql`registered_model_tag t WHERE t.model_id = m.id`,
    ofAll: Prisma.sql`registered_model_tag t WHERE t.workspace_id = ${workspaceId}::uuid`,
    owner: Prisma.sql`t.model_id`,
    id: Prisma.sql`m.id`,
  };
  const rows = await readAgain<ModelRow & DetailTexts & { position: Position }>(db, Prisma.sql`
    SELECT m.id, m.name, m.description, m.next_version_number AS "nextVersionNumber", m.created_by AS "createdBy", m.created_at AS "createdAt", m.updated_at AS "updatedAt", ${modelDetailColumns}, ${positionColumn(terms)}
    FROM registered_model m WHERE m.workspace_id = ${workspaceId}::uuid AND ${conditionOf(filter, modelColumns, tags, "registered models")} ${behind(terms, after)}
    ORDER BY ${orderBy(terms)} LIMIT ${limit}`);
  return rows.map((row) => ({ ...row, ...toModelDetails(row) }));
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
export const searchVersionRows = (tx: Tx, workspaceId: string, { filter, order, after, limit }: RegistryQuery): Promise<(VersionRow & { position: Position })[]> => {
  const terms = orderOf(order, versionOrder, { name: true, version_number: false }, "model versions");
  const tags: TagTable = {
    ofOne: Prisma.sql`model_version_tag t WHERE t.version_id = v.id`,
    ofAll: Prisma.sql`model_version_tag t WHERE t.workspace_id = ${workspaceId}::uuid`,
    owner: Prisma.sql`t.version_id`,
    id: Prisma.sql`v.id`,
  };
  return queryPlacedVersions(tx, Prisma.sql`
    WHERE v.workspace_id = ${workspaceId}::uuid AND v.deleted_at IS NULL AND ${conditionOf(filter, versionColumns, tags, "model versions")} ${behind(terms, after)}
    ORDER BY ${orderBy(terms)} LIMIT ${limit}`, positionColumn(terms));
};

/** The newest version of each stage that is in use, of several models. */
export const listNewestPerStage = (tx: Tx, modelIds: readonly string[]): Promise<VersionRow[]> =>
  modelIds.length === 0
    ? Promise.resolve([])
    : queryVersions(tx, Prisma.sql`WHERE v.id IN (
        SELECT DISTINCT ON (model_id, stage) id FROM model_version WHERE model_id = ANY(${[...modelIds]}::uuid[]) AND deleted_at IS NULL ORDER BY model_id, stage, number DESC)
        ORDER BY m.name, v.number DESC`);
