import { AppError } from "@/lib/core/errors";
import type { Clause, OrderClause } from "@/lib/core/search-filter";
import { compareNumber, compareText, Prisma, type Tx } from "@/lib/platform/db";

import type { ModelRow } from "./store-models";
import { queryVersions, type VersionRow } from "./store-versions";

const promptTag = "mlflow.prompt.is_prompt";

const fail = (message: string): never => {
  throw new AppError("invalid", "mlflow.bad_filter", message);
};
const milliseconds = (column: Prisma.Sql): Prisma.Sql => Prisma.sql`(extract(epoch FROM ${column}) * 1000)`;
const isTag = ({ entity }: { entity: string | undefined }): boolean => entity === "tag" || entity === "tags";
const isAttribute = ({ entity }: { entity: string | undefined }): boolean => entity === undefined || /^attr(ibutes?)?$/.test(entity);
const directed = (expression: Prisma.Sql, isAscending: boolean): Prisma.Sql => (isAscending ? Prisma.sql`${expression} ASC` : Prisma.sql`${expression} DESC`);

type Page = { offset: number; limit: number };

/** Tags of models and versions alike. A model that is no prompt has no such tag, so that "is not a prompt" must match it. */
const tagCondition = (rows: Prisma.Sql, clause: Clause): Prisma.Sql => {
  if (clause.key === promptTag && clause.comparator === "!=") return Prisma.sql`NOT EXISTS (SELECT 1 FROM ${rows} AND t.key = ${clause.key} AND t.value = ${String(clause.value)})`;
  return Prisma.sql`EXISTS (SELECT 1 FROM ${rows} AND t.key = ${clause.key} AND ${compareText(Prisma.sql`t.value`, clause)})`;
};

const notPrompt: Clause = { entity: "tag", key: promptTag, comparator: "!=", value: "true", text: promptTag };
const withoutPrompts = (clauses: readonly Clause[]): Clause[] => (clauses.some(({ key }) => key === promptTag) ? [...clauses] : [...clauses, notPrompt]);

const modelCondition = (clause: Clause): Prisma.Sql => {
  if (isTag(clause)) return tagCondition(Prisma.sql`registered_model_tag t WHERE t.model_id = m.id`, clause);
  if (isAttribute(clause) && clause.key === "name") return compareText(Prisma.sql`m.name`, clause);
  return fail(`Invalid attribute key '${clause.text}' specified. Registered models are searched by name and tags.`);
};

const modelOrder: Record<string, Prisma.Sql> = {
  name: Prisma.sql`m.name`,
  timestamp: Prisma.sql`m.updated_at`,
  creation_timestamp: Prisma.sql`m.created_at`,
  last_updated_timestamp: Prisma.sql`m.updated_at`,
};

/** Models by MLflow's filter and order, by name otherwise. Prompts only when asked for. */
export const searchModelRows = (tx: Tx, workspaceId: string, clauses: readonly Clause[], order: readonly OrderClause[], { offset, limit }: Page): Promise<ModelRow[]> => {
  const parts = order.map(({ key, isAscending }) => directed(modelOrder[key] ?? fail(`Invalid order_by field '${key}'. Valid ones are ${Object.keys(modelOrder).join(", ")}.`), isAscending));
  return tx.$queryRaw<ModelRow[]>`
    SELECT m.id, m.name, m.description, m.next_version_number AS "nextVersionNumber", m.created_by AS "createdBy", m.created_at AS "createdAt", m.updated_at AS "updatedAt"
    FROM registered_model m WHERE m.workspace_id = ${workspaceId}::uuid AND ${Prisma.join(withoutPrompts(clauses).map(modelCondition), " AND ")}
    ORDER BY ${Prisma.join([...parts, Prisma.sql`m.name ASC`], ", ")} OFFSET ${offset} LIMIT ${limit}`;
};

const versionCondition = (clause: Clause): Prisma.Sql => {
  if (isTag(clause)) return tagCondition(Prisma.sql`model_version_tag t WHERE t.version_id = v.id`, clause);
  if (!isAttribute(clause)) return fail(`Invalid entity '${clause.entity ?? ""}'. Model versions are searched by attributes and tags.`);
  switch (clause.key) {
    case "name": return compareText(Prisma.sql`m.name`, clause);
    case "run_id": return compareText(Prisma.sql`v.run_id`, clause);
    case "source_path": return compareText(Prisma.sql`v.source`, clause);
    case "version_number":
    case "version": return compareNumber(Prisma.sql`v.number`, clause);
    default: return fail(`Invalid attribute key '${clause.key}' specified. Valid keys are name, version_number, run_id, source_path.`);
  }
};

const versionOrder: Record<string, Prisma.Sql> = {
  name: Prisma.sql`m.name`,
  version_number: Prisma.sql`v.number`,
  creation_timestamp: milliseconds(Prisma.sql`v.created_at`),
  last_updated_timestamp: milliseconds(Prisma.sql`v.updated_at`),
};

/** Versions by MLflow's filter and order, by name and newest first otherwise. */
export const searchVersionRows = (tx: Tx, workspaceId: string, clauses: readonly Clause[], order: readonly OrderClause[], { offset, limit }: Page): Promise<VersionRow[]> => {
  const parts = order.map(({ key, isAscending }) => directed(versionOrder[key] ?? fail(`Invalid order_by field '${key}'. Valid ones are ${Object.keys(versionOrder).join(", ")}.`), isAscending));
  const conditions = [Prisma.sql`v.workspace_id = ${workspaceId}::uuid`, Prisma.sql`v.deleted_at IS NULL`, ...withoutPrompts(clauses).map(versionCondition)];
  return queryVersions(tx, Prisma.sql`WHERE ${Prisma.join(conditions, " AND ")} ORDER BY ${Prisma.join([...parts, Prisma.sql`m.name ASC`, Prisma.sql`v.number DESC`], ", ")} OFFSET ${offset} LIMIT ${limit}`);
};

/** The newest version of each stage that is in use, of several models. */
export const listNewestPerStage = (tx: Tx, modelIds: readonly string[]): Promise<VersionRow[]> =>
  modelIds.length === 0
    ? Promise.resolve([])
    : queryVersions(tx, Prisma.sql`WHERE v.id IN (
        SELECT DISTINCT ON (model_id, stage) id FROM model_version WHERE model_id = ANY(${[...modelIds]}::uuid[]) AND deleted_at IS NULL ORDER BY model_id, stage, number DESC)
        ORDER BY m.name, v.number DESC`);
