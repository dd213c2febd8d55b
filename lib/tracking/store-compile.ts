import { AppError } from "@/lib/core/errors";
import type { Clause, OrderClause } from "@/lib/core/search-filter";
import { compareNumber, compareText, Prisma } from "@/lib/platform/db";

type Column = { sql: Prisma.Sql; isNumber: boolean };

const text = (sql: Prisma.Sql): Column => ({ sql, isNumber: false });
const number = (sql: Prisma.Sql): Column => ({ sql, isNumber: true });
const compare = ({ sql, isNumber }: Column, clause: Clause): Prisma.Sql => (isNumber ? compareNumber(sql, clause) : compareText(sql, clause));
const milliseconds = (column: Prisma.Sql): Prisma.Sql => Prisma.sql`(extract(epoch FROM ${column}) * 1000)`;

const fail = (message: string): never => {
  throw new AppError("invalid", "mlflow.bad_filter", message);
};
const columnOf = (columns: Record<string, Column>, key: string, what: string): Column => columns[key] ?? fail(`Invalid attribute key '${key}' specified. Valid keys of ${what} are ${Object.keys(columns).join(", ")}.`);
const unknownEntity = (entity: string | undefined, allowed: string): never => fail(`Invalid entity type '${entity ?? ""}'. Valid values are ${allowed}.`);
const directed = (expression: Prisma.Sql, isAscending: boolean): Prisma.Sql => (isAscending ? Prisma.sql`${expression} ASC` : Prisma.sql`${expression} DESC`);

const entityNames: Record<string, "attribute" | "metric" | "param" | "tag" | "dataset"> = {
  attribute: "attribute", attributes: "attribute", attr: "attribute", run: "attribute",
  metric: "metric", metrics: "metric", param: "param", params: "param", parameter: "param", parameters: "param",
  tag: "tag", tags: "tag", dataset: "dataset", datasets: "dataset",
};
const entityOf = (entity: string | undefined) => (entity === undefined ? "attribute" : (entityNames[entity] ?? unknownEntity(entity, "attribute, metric, param, tag, dataset")));

const runColumns: Record<string, Column> = {
  run_id: text(Prisma.sql`r.run_id`),
  run_name: text(Prisma.sql`r.name`),
  user_id: text(Prisma.sql`r.user_name`),
  status: text(Prisma.sql`r.status`),
  artifact_uri: text(Prisma.sql`r.artifact_uri`),
  start_time: number(Prisma.sql`r.start_time`),
  end_time: number(Prisma.sql`r.end_time`),
};
const runAliases: Record<string, string> = { created: "start_time", Created: "start_time", "run name": "run_name", "Run name": "run_name", "Run Name": "run_name" };
const keyId = (workspaceId: string, key: string): Prisma.Sql => Prisma.sql`(SELECT id FROM metric_key WHERE workspace_id = ${workspaceId}::uuid AND key = ${key})`;

/** Conditions of runs/search on `r`. A comparison with a metric, param or tag that a run lacks never matches. */
export const runCondition = (workspaceId: string, clause: Clause): Prisma.Sql => {
  const { key } = clause;
  switch (entityOf(clause.entity)) {
    case "attribute": return compare(columnOf(runColumns, runAliases[key] ?? key, "runs"), clause);
    case "metric": return Prisma.sql`EXISTS (SELECT 1 FROM metric_latest l WHERE l.run_seq = r.seq AND l.key_id = ${keyId(workspaceId, key)} AND ${compareNumber(Prisma.sql`l.value`, clause)})`;
    case "param": return Prisma.sql`EXISTS (SELECT 1 FROM run_param p WHERE p.run_seq = r.seq AND p.key = ${key} AND ${compareText(Prisma.sql`p.value`, clause)})`;
    case "tag": return Prisma.sql`EXISTS (SELECT 1 FROM run_tag t WHERE t.run_seq = r.seq AND t.key = ${key} AND ${compareText(Prisma.sql`t.value`, clause)})`;
    case "dataset": return Prisma.sql`EXISTS (SELECT 1 FROM run_input i JOIN dataset d ON d.id = i.dataset_id WHERE i.run_seq = r.seq AND ${datasetCondition(clause)})`;
  }
};

const datasetCondition = (clause: Clause): Prisma.Sql => {
  if (clause.key === "name") return compareText(Prisma.sql`d.name`, clause);
  if (clause.key === "digest") return compareText(Prisma.sql`d.digest`, clause);
  if (clause.key === "context") return Prisma.sql`EXISTS (SELECT 1 FROM jsonb_to_recordset(i.tags) AS c(key text, value text) WHERE c.key = 'mlflow.data.context' AND ${compareText(Prisma.sql`c.value`, clause)})`;
  return fail(`Invalid dataset key '${clause.key}' specified. Valid keys are name, digest, context.`);
};

/** Order of runs/search: what a run lacks comes last both ways, NaN after numbers; ties by newest start, then id. */
export const runOrder = (workspaceId: string, clauses: readonly OrderClause[]): Prisma.Sql => {
  const parts = clauses.flatMap(({ entity, key, isAscending }) => {
    const kind = entityOf(entity);
    if (kind === "attribute") {
      const column = columnOf(runColumns, runAliases[key] ?? key, "runs").sql;
      return [Prisma.sql`${column} IS NULL`, directed(column, isAscending)];
    }
    const value =
      kind === "metric" ? Prisma.sql`(SELECT l.value FROM metric_latest l WHERE l.run_seq = r.seq AND l.key_id = ${keyId(workspaceId, key)})`
      : kind === "param" ? Prisma.sql`(SELECT p.value FROM run_param p WHERE p.run_seq = r.seq AND p.key = ${key})`
      : kind === "tag" ? Prisma.sql`(SELECT t.value FROM run_tag t WHERE t.run_seq = r.seq AND t.key = ${key})`
      : fail(`Runs can't be ordered by '${entity ?? ""}.${key}'.`);
    return [Prisma.sql`${value} IS NULL`, ...(kind === "metric" ? [Prisma.sql`${value} = 'NaN'::float8`] : []), directed(value, isAscending)];
  });
  return Prisma.join([...parts, Prisma.sql`r.start_time DESC NULLS LAST`, Prisma.sql`r.run_id`], ", ");
};

const experimentColumns: Record<string, Column> = {
  name: text(Prisma.sql`e.name`),
  experiment_id: number(Prisma.sql`e.number`),
  creation_time: number(milliseconds(Prisma.sql`e.created_at`)),
  last_update_time: number(milliseconds(Prisma.sql`e.updated_at`)),
};

export const experimentCondition = (clause: Clause): Prisma.Sql => {
  const kind = entityOf(clause.entity);
  if (kind === "attribute") return compare(columnOf(experimentColumns, clause.key, "experiments"), clause);
  if (kind === "tag") return Prisma.sql`EXISTS (SELECT 1 FROM experiment_tag t WHERE t.workspace_id = e.workspace_id AND t.experiment_number = e.number AND t.key = ${clause.key} AND ${compareText(Prisma.sql`t.value`, clause)})`;
  return unknownEntity(clause.entity, "attribute, tag");
};

export const experimentOrder = (clauses: readonly OrderClause[]): Prisma.Sql => {
  const parts = clauses.map(({ key, isAscending }) => directed(columnOf(experimentColumns, key, "experiments").sql, isAscending));
  return Prisma.join([...parts, ...(parts.length === 0 ? [Prisma.sql`e.created_at DESC`] : []), Prisma.sql`e.number ASC`], ", ");
};

const loggedModelColumns: Record<string, Column> = {
  name: text(Prisma.sql`l.name`),
  model_id: text(Prisma.sql`l.model_id`),
  model_type: text(Prisma.sql`l.model_type`),
  status: text(Prisma.sql`l.status`),
  source_run_id: text(Prisma.sql`l.source_run_id`),
  creation_time: number(milliseconds(Prisma.sql`l.created_at`)),
  creation_timestamp: number(milliseconds(Prisma.sql`l.created_at`)),
  creation_timestamp_ms: number(milliseconds(Prisma.sql`l.created_at`)),
  last_updated_timestamp: number(milliseconds(Prisma.sql`l.updated_at`)),
  last_updated_timestamp_ms: number(milliseconds(Prisma.sql`l.updated_at`)),
};

export const loggedModelCondition = (clause: Clause): Prisma.Sql => {
  const { key } = clause;
  const own = Prisma.sql`x.workspace_id = l.workspace_id AND x.model_id = l.model_id AND x.key = ${key}`;
  switch (entityOf(clause.entity)) {
    case "attribute": return compare(columnOf(loggedModelColumns, key, "logged models"), clause);
    case "tag": return Prisma.sql`EXISTS (SELECT 1 FROM logged_model_tag x WHERE ${own} AND ${compareText(Prisma.sql`x.value`, clause)})`;
    case "param": return Prisma.sql`EXISTS (SELECT 1 FROM logged_model_param x WHERE ${own} AND ${compareText(Prisma.sql`x.value`, clause)})`;
    case "metric": return Prisma.sql`EXISTS (SELECT 1 FROM logged_model_metric x WHERE ${own} AND ${compareNumber(Prisma.sql`x.value`, clause)})`;
    case "dataset": return unknownEntity(clause.entity, "attributes, metrics, params, tags");
  }
};

export const loggedModelOrder = (clauses: readonly OrderClause[]): Prisma.Sql => {
  const parts = clauses.map(({ entity, key, isAscending }) =>
    entityOf(entity) === "metric"
      ? Prisma.sql`${directed(Prisma.sql`(SELECT max(x.value) FROM logged_model_metric x WHERE x.workspace_id = l.workspace_id AND x.model_id = l.model_id AND x.key = ${key})`, isAscending)} NULLS LAST`
      : directed(columnOf(loggedModelColumns, key, "logged models").sql, isAscending));
  return Prisma.join([...parts, Prisma.sql`l.created_at DESC`, Prisma.sql`l.model_id`], ", ");
};

export const inExperiments = (alias: "r" | "l", numbers: readonly number[]): Prisma.Sql => (alias === "r" ? Prisma.sql`r.experiment_number = ANY(${[...numbers]}::int[])` : Prisma.sql`l.experiment_number = ANY(${[...numbers]}::int[])`);
export const withStage = (alias: "r" | "e", stage: "active" | "deleted"): Prisma.Sql => (alias === "r" ? Prisma.sql`r.lifecycle_stage = ${stage}` : Prisma.sql`e.lifecycle_stage = ${stage}`);
