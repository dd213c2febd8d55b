import { type Clause, clausesOf, type Filter, type OrderClause } from "@/lib/core/search-filter";
import { compareNumber, compareText, type OrderTerm, Prisma, termOf } from "@/lib/platform/db";

import { entityOf, orderMistake, pickColumn, refuseRepeated } from "@/lib/core/search-entities";

/** `compared` is what a comparison sees, where that differs from the column that rows are ordered by. */
type Column = { sql: Prisma.Sql; type: OrderTerm["type"]; compared?: Prisma.Sql; isNullable?: boolean };

const text = (sql: Prisma.Sql, isNullable = false): Column => ({ sql, type: "text", isNullable });
const time = (sql: Prisma.Sql): Column => ({ sql, type: "timestamptz", compared: Prisma.sql`(extract(epoch FROM ${sql}) * 1000)` });
const compare = ({ sql, type, compared }: Column, clause: Clause): Prisma.Sql => (type === "text" ? compareText(sql, clause) : compareNumber(compared ?? sql, clause));
const ordered = ({ sql, type, isNullable = false }: Column, isAscending: boolean): OrderTerm => termOf(type === "text" ? Prisma.sql`(${sql} COLLATE "C")` : sql, type, isAscending, isNullable);

const experimentColumns: Record<string, Column> = {
  name: text(Prisma.sql`e.name`),
  experiment_id: { sql: Prisma.sql`e.number`, type: "int" },
  creation_time: time(Prisma.sql`e.created_at`),
  last_update_time: time(Prisma.sql`e.updated_at`),
};

/** Conditions of experiments/search on `e`. */
export const experimentCondition = (clause: Clause): Prisma.Sql =>
  entityOf(clause, ["attribute", "tag"]) === "attribute"
    ? compare(pickColumn(experimentColumns, clause, clause.key, "experiments"), clause)
    : compareText(Prisma.sql`(SELECT t.value FROM experiment_tag t WHERE t.workspace_id = e.workspace_id AND t.experiment_number = e.number AND t.key = ${clause.key})`, clause);

/** Order of experiments: newest first unless asked otherwise; ties by id. */
export const experimentOrder = (clauses: readonly OrderClause[]): OrderTerm[] => {
  refuseRepeated(clauses, ({ key }) => key);
  const terms = clauses.map((clause) => {
    entityOf(clause, ["attribute"]);
    return ordered(pickColumn(experimentColumns, clause, clause.key, "experiments"), clause.isAscending);
  });
  if (terms.length === 0) terms.push(termOf(Prisma.sql`e.created_at`, "timestamptz", false));
  return [...terms, ...(clauses.some(({ key }) => key === "experiment_id") ? [] : [termOf(Prisma.sql`e.number`, "int", true)])];
};

const created = time(Prisma.sql`l.created_at`);
const updated = time(Prisma.sql`l.updated_at`);
const loggedModelColumns: Record<string, Column> = {
  name: text(Prisma.sql`l.name`),
  model_id: text(Prisma.sql`l.model_id`),
  model_type: text(Prisma.sql`l.model_type`),
  status: text(Prisma.sql`l.status`),
  source_run_id: text(Prisma.sql`l.source_run_id::text`, true),
  creation_time: created,
  creation_timestamp: created,
  creation_timestamp_ms: created,
  last_updated_timestamp: updated,
  last_updated_timestamp_ms: updated,
};
const loggedModelEntities = ["attribute", "metric", "param", "tag"] as const;

export type DatasetChoice = { name: string; digest: string | undefined };
export type LoggedModelOrder = OrderClause & { datasetName: string | undefined; datasetDigest: string | undefined };

const ofDataset = (name: string, digest: string | undefined): Prisma.Sql => (digest === undefined ? Prisma.sql`x.dataset_name = ${name}` : Prisma.sql`(x.dataset_name = ${name} AND x.dataset_digest = ${digest})`);
const ofModel = (key: string): Prisma.Sql => Prisma.sql`x.workspace_id = l.workspace_id AND x.model_id = l.model_id AND x.key = ${key}`;

/** Statuses are compared by their names on the wire, with or without LOGGED_MODEL_ in front. */
const withShortStatus = (clause: Clause): Clause => {
  const shorten = (value: string): string => value.replace(/^LOGGED_MODEL_/, "");
  if (clause.key !== "status" || clause.value === null || typeof clause.value === "number") return clause;
  return { ...clause, value: Array.isArray(clause.value) ? clause.value.map(shorten) : shorten(clause.value) };
};

const onOneOf = (datasets: readonly DatasetChoice[]): Prisma.Sql => Prisma.sql`(${Prisma.join(datasets.map(({ name, digest }) => ofDataset(name, digest)), " OR ")})`;

/** Whether a filter compares metrics, which datasets then speak of. */
export const holdsMetric = (filter: Filter | undefined): boolean => clausesOf(filter).some((clause) => entityOf(clause, loggedModelEntities) === "metric");

/** Logged models of which any metric was measured on one of the datasets. */
export const measuredOn = (datasets: readonly DatasetChoice[]): Prisma.Sql => Prisma.sql`EXISTS (SELECT 1 FROM logged_model_metric x WHERE x.workspace_id = l.workspace_id AND x.model_id = l.model_id AND ${onOneOf(datasets)})`;

/** Conditions of logged-models/search on `l`. Comparisons of metrics look at those measured on `datasets`, where any are given. */
export const loggedModelCondition = (clause: Clause, datasets: readonly DatasetChoice[]): Prisma.Sql => {
  const { key } = clause;
  const kind = entityOf(clause, loggedModelEntities);
  switch (kind) {
    case "attribute": return compare(pickColumn(loggedModelColumns, clause, key, "logged models"), withShortStatus(clause));
    case "tag": return compareText(Prisma.sql`(SELECT x.value FROM logged_model_tag x WHERE ${ofModel(key)})`, clause);
    case "param": return compareText(Prisma.sql`(SELECT x.value FROM logged_model_param x WHERE ${ofModel(key)})`, clause);
    case "metric": {
      const isMissing = clause.comparator === "IS NULL";
      const measured = datasets.length === 0 ? Prisma.empty : Prisma.sql`AND ${onOneOf(datasets)}`;
      const condition = compareNumber(Prisma.sql`x.value`, isMissing ? { ...clause, comparator: "IS NOT NULL" } : clause);
      return Prisma.sql`${isMissing ? Prisma.sql`NOT ` : Prisma.empty}EXISTS (SELECT 1 FROM logged_model_metric x WHERE ${ofModel(key)} ${measured} AND ${condition})`;
    }
  }
};

/** Order of logged models: newest first unless asked otherwise. A metric counts by its newest value, on the dataset named with it; NaN and missing last. */
export const loggedModelOrder = (clauses: readonly LoggedModelOrder[]): OrderTerm[] => {
  refuseRepeated(clauses, (clause) => `${entityOf(clause, loggedModelEntities)}.${clause.key}/${"datasetName" in clause ? String(clause.datasetName) : ""}`);
  const terms = clauses.map((clause) => {
    const { key, isAscending, datasetName, datasetDigest } = clause;
    const kind = entityOf(clause, loggedModelEntities);
    if (kind === "attribute") return ordered(pickColumn(loggedModelColumns, clause, key, "logged models"), isAscending);
    if (kind !== "metric") throw orderMistake(clause, "logged models are ordered by attributes and metrics");
    const measured = datasetName === undefined ? Prisma.empty : Prisma.sql`AND ${ofDataset(datasetName, datasetDigest)}`;
    const value = Prisma.sql`(SELECT x.value FROM logged_model_metric x WHERE ${ofModel(key)} ${measured} ORDER BY x.ts DESC, x.step DESC, x.run_id, x.dataset_name, x.dataset_digest LIMIT 1)`;
    return termOf(isAscending ? value : Prisma.sql`(- ${value})`, "float8", true, true);
  });
  return [...terms, ...(clauses.some(({ key }) => loggedModelColumns[key] === created) ? [] : [termOf(Prisma.sql`l.created_at`, "timestamptz", false)]), termOf(Prisma.sql`l.model_id`, "text", true)];
};

export const inExperiments = (numbers: readonly number[]): Prisma.Sql => Prisma.sql`l.experiment_number = ANY(${[...numbers]}::int[])`;
export const withStage = (stage: "active" | "deleted"): Prisma.Sql => Prisma.sql`e.lifecycle_stage = ${stage}`;
