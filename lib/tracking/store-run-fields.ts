import { type Clause, clauseMistake, type OrderClause } from "@/lib/core/search-filter";
import { compareNumber, compareText, numberOf, type OrderTerm, Prisma, termOf } from "@/lib/platform/db";

import { entityOf, orderMistake, pickColumn, refuseRepeated } from "@/lib/core/search-entities";

/** The experiments that a search is about, and the numbers that stand for names of metrics in its workspace. */
export type RunScope = { workspaceId: string; numbers: number[]; seqs: number[]; keyIds: ReadonlyMap<string, number> };

type Column = { sql: (run: Prisma.Sql) => Prisma.Sql; type: "text" | "bpchar" | "bigint"; isNullable: boolean };

const column = (name: string, type: Column["type"], isNullable = false): Column => ({ sql: (run) => Prisma.sql`${run}.${Prisma.raw(name)}`, type, isNullable });

const columns: Record<string, Column> = {
  run_id: column("run_id", "bpchar"),
  run_name: column("name", "text"),
  user_id: column("user_name", "text"),
  status: column("status", "text"),
  artifact_uri: column("artifact_uri", "text"),
  start_time: column("start_time", "bigint", true),
  end_time: column("end_time", "bigint", true),
  /** Beyond MLflow's own fields: how long an ended run took, in milliseconds. */
  duration: { sql: (run) => Prisma.sql`(${run}.end_time - ${run}.start_time)`, type: "bigint", isNullable: true },
};
const aliases: Record<string, string> = { created: "start_time", Created: "start_time", "run name": "run_name", "Run name": "run_name", "Run Name": "run_name" };
const entities = ["attribute", "metric", "param", "tag", "dataset"] as const;
const attributeOf = (key: string): string => aliases[key] ?? key;

const r = Prisma.sql`r`;
const tableOf = { param: Prisma.sql`run_param`, tag: Prisma.sql`run_tag` };
const keyIdOf = ({ keyIds }: RunScope, key: string): number => keyIds.get(key) ?? 0;

/** Names of the metrics that a filter and an order speak of. */
export const metricNames = (clauses: readonly Clause[], order: readonly OrderClause[]): string[] => [...new Set([...clauses, ...order].flatMap(({ entity, key }) => (entity === "metric" || entity === "metrics" ? [key] : [])))];

/** The newest value of a metric of the run `seq`. */
const metricValue = (scope: RunScope, key: string, seq: Prisma.Sql): Prisma.Sql => Prisma.sql`(SELECT z.value FROM metric_latest z WHERE z.run_seq = ${seq} AND z.key_id = ${keyIdOf(scope, key)}::int)`;

const datasetCondition = (clause: Clause): Prisma.Sql => {
  const isMissing = clause.comparator === "IS NULL";
  const known: Clause = isMissing ? { ...clause, comparator: "IS NOT NULL" } : clause;
  const condition = ((): Prisma.Sql => {
    switch (clause.key) {
      case "name": return compareText(Prisma.sql`d.name`, known);
      case "digest": return compareText(Prisma.sql`d.digest`, known);
      case "context": return Prisma.sql`EXISTS (SELECT 1 FROM jsonb_to_recordset(i.tags) AS c(key text, value text) WHERE c.key = 'mlflow.data.context' AND ${compareText(Prisma.sql`c.value`, known)})`;
      default: throw clauseMistake(clause, "identifier", `Invalid dataset key '${clause.key}' specified. Valid keys are name, digest, context`);
    }
  })();
  return Prisma.sql`${isMissing ? Prisma.sql`NOT ` : Prisma.empty}EXISTS (SELECT 1 FROM run_input i JOIN dataset d ON d.id = i.dataset_id WHERE i.run_seq = r.seq AND ${condition})`;
};

const attributeCondition = (clause: Clause): Prisma.Sql => {
  const { sql, type } = pickColumn(columns, clause, attributeOf(clause.key), "runs");
  return type === "bigint" ? compareNumber(sql(r), clause, "bigint") : compareText(sql(r), clause);
};

/** A comparison tested on one run `r` after another, by look-ups in primary keys. What a run lacks fulfils IS NULL alone. */
export const probe = (scope: RunScope, clause: Clause): Prisma.Sql => {
  const kind = entityOf(clause, entities);
  switch (kind) {
    case "attribute": return attributeCondition(clause);
    case "dataset": return datasetCondition(clause);
    case "metric": return compareNumber(metricValue(scope, clause.key, Prisma.sql`r.seq`), clause);
    case "param":
    case "tag": return compareText(Prisma.sql`(SELECT z.value FROM ${tableOf[kind]} z WHERE z.run_seq = r.seq AND z.key = ${clause.key})`, clause);
  }
};

const startLength = 200;
const isShort = (value: string): boolean => value.length < startLength;

/** `x.value` compared; by its beginning, which is indexed, as far as that goes. */
const indexedText = (clause: Clause): Prisma.Sql => {
  const { comparator, value } = clause;
  const whole = compareText(Prisma.sql`x.value`, clause);
  if (comparator === "IS NOT NULL") return Prisma.sql`true`;
  if (comparator === "=" && typeof value === "string") return isShort(value) ? Prisma.sql`x.value_start = ${value}::text` : Prisma.sql`x.value_start = left(${value}::text, ${startLength}) AND ${whole}`;
  if (comparator === "IN" && Array.isArray(value) && value.every(isShort)) return Prisma.sql`x.value_start = ANY(${value}::text[])`;
  const beginning = comparator === "LIKE" && typeof value === "string" ? /^[^%_\\]*/.exec(value)?.[0].slice(0, 100) : undefined;
  return beginning ? Prisma.sql`x.value_start LIKE ${`${beginning}%`}::text AND ${whole}` : whole;
};

/** `x.value` compared; bare of functions, so that an index finds the stretch. */
const indexedNumber = (clause: Clause): Prisma.Sql => {
  if (clause.comparator === "IS NOT NULL") return Prisma.sql`true`;
  const bound = Prisma.sql`${String(numberOf(clause))}::text::float8`;
  if (clause.comparator === ">") return Prisma.sql`x.value > ${bound} AND x.value < 'NaN'::float8`;
  if (clause.comparator === ">=") return Prisma.sql`x.value >= ${bound} AND x.value < 'NaN'::float8`;
  return compareNumber(Prisma.sql`x.value`, clause);
};

/** The rows `x` of the experiments that belong to a metric, param or tag and meet a comparison; undefined for other fields. */
const rowsOf = (scope: RunScope, clause: Clause): Prisma.Sql | undefined => {
  const kind = entityOf(clause, entities);
  if (kind === "metric") return Prisma.sql`metric_latest x WHERE x.key_id = ${keyIdOf(scope, clause.key)}::int AND x.experiment_number = ANY(${scope.numbers}::int[]) AND ${indexedNumber(clause)}`;
  if (kind === "param" || kind === "tag") return Prisma.sql`${tableOf[kind]} x WHERE x.experiment_seq = ANY(${scope.seqs}::int[]) AND x.key = ${clause.key} AND ${indexedText(clause)}`;
  return undefined;
};

const isRunIds = (clause: Clause): boolean => entityOf(clause, entities) === "attribute" && clause.key === "run_id" && (clause.comparator === "=" || clause.comparator === "IN");

/** Whether the matches of a comparison are a stretch of an index, so that they are quickly counted and listed. */
const isStretch = (clause: Clause): boolean => {
  const kind = entityOf(clause, entities);
  const { comparator, value } = clause;
  if (kind === "metric") return comparator !== "IS NULL" && comparator !== "!=";
  if (kind !== "param" && kind !== "tag") return false;
  return comparator === "=" ? isShort(String(value)) : comparator === "IN" ? Array.isArray(value) && value.every(isShort) : comparator === "IS NOT NULL";
};

/** The numbers of the runs that meet a comparison, where an index knows them; undefined where it does not. */
export const matchesOf = (scope: RunScope, clause: Clause): Prisma.Sql | undefined => {
  if (isRunIds(clause)) return Prisma.sql`SELECT x.seq AS run_seq FROM run x WHERE x.workspace_id = ${scope.workspaceId}::uuid AND x.run_id = ANY(${[clause.value].flat().map(String)}::bpchar[])`;
  const rows = isStretch(clause) ? rowsOf(scope, clause) : undefined;
  return rows && Prisma.sql`SELECT x.run_seq FROM ${rows}`;
};

/** A comparison tested on all runs of the experiments at once, by the set of runs that meet it. */
export const member = (scope: RunScope, clause: Clause): Prisma.Sql => {
  const isMissing = clause.comparator === "IS NULL";
  const rows = rowsOf(scope, isMissing ? { ...clause, comparator: "IS NOT NULL" } : clause);
  if (!rows) return probe(scope, clause);
  return Prisma.sql`${isMissing ? Prisma.sql`NOT ` : Prisma.empty}EXISTS (SELECT 1 FROM ${rows} AND x.run_seq = r.seq)`;
};

export type OrderField = { source: { kind: "metric" | "param" | "tag"; key: string } | { kind: "column"; name: string }; type: OrderTerm["type"]; isAscending: boolean; isNullable: boolean; isNegated: boolean };

const columnField = (name: string, isAscending: boolean): OrderField => {
  const found = columns[name];
  return { source: { kind: "column", name }, type: found?.type ?? "text", isAscending, isNullable: found?.isNullable ?? false, isNegated: false };
};

const fieldOf = (clause: OrderClause): OrderField => {
  const { key, isAscending } = clause;
  const kind = entityOf(clause, entities);
  switch (kind) {
    case "attribute":
      pickColumn(columns, clause, attributeOf(key), "runs");
      return columnField(attributeOf(key), isAscending);
    // NaN is Postgres's greatest number: ascending by the negative value, it stays behind the numbers also downwards.
    case "metric": return { source: { kind, key }, type: "float8", isAscending: true, isNullable: true, isNegated: !isAscending };
    case "param":
    case "tag": return { source: { kind, key }, type: "text", isAscending, isNullable: true, isNegated: false };
    case "dataset": throw orderMistake(clause, "runs can't be ordered by their datasets");
  }
};

const isColumn = (name: string) => ({ source }: OrderField): boolean => source.kind === "column" && source.name === name;

/**
 * The fields that order runs: what a run lacks comes last both ways, NaN after numbers; texts by their first 200 characters, code point
 * by code point; ties by newest start, then id.
 */
export const orderFields = (clauses: readonly OrderClause[]): OrderField[] => {
  refuseRepeated(clauses, (clause) => `${entityOf(clause, entities)}.${attributeOf(clause.key)}`);
  const fields = clauses.map(fieldOf);
  if (!fields.some(isColumn("start_time"))) fields.push(columnField("start_time", false));
  if (!fields.some(isColumn("run_id"))) fields.push(columnField("run_id", true));
  return fields;
};

const negated = (value: Prisma.Sql, { isNegated }: OrderField): Prisma.Sql => (isNegated ? Prisma.sql`(- ${value})` : value);

/** A column of the run's row as it is ordered by. */
const columnValue = ({ source, type }: OrderField, run: Prisma.Sql): Prisma.Sql => {
  const plain = source.kind === "column" ? (columns[source.name]?.sql(run) ?? Prisma.sql`NULL`) : Prisma.sql`NULL`;
  return type === "text" ? Prisma.sql`(left(${plain}, 200) COLLATE "C")` : plain;
};

/** What a run is ordered by, looked up by its number; `run` is its row where that is at hand. */
export const fieldValue = (scope: RunScope, field: OrderField, seq: Prisma.Sql, run?: Prisma.Sql): Prisma.Sql => {
  const { source } = field;
  if (source.kind === "metric") return negated(metricValue(scope, source.key, seq), field);
  if (source.kind !== "column") return Prisma.sql`(SELECT z.value_start FROM ${tableOf[source.kind]} z WHERE z.run_seq = ${seq} AND z.key = ${source.key})`;
  return run ? columnValue(field, run) : Prisma.sql`(SELECT ${columnValue(field, Prisma.sql`y`)} FROM run y WHERE y.seq = ${seq})`;
};

/** The same for all runs at once: what is joined to `r`, and the value. */
export const fieldJoin = (scope: RunScope, field: OrderField, index: number): { join: Prisma.Sql; value: Prisma.Sql } => {
  const { source } = field;
  if (source.kind === "column") return { join: Prisma.empty, value: columnValue(field, r) };
  const alias = Prisma.raw(`j${index}`);
  const rows = source.kind === "metric"
    ? Prisma.sql`SELECT x.run_seq, x.value FROM metric_latest x WHERE x.key_id = ${keyIdOf(scope, source.key)}::int AND x.experiment_number = ANY(${scope.numbers}::int[])`
    : Prisma.sql`SELECT x.run_seq, x.value_start AS value FROM ${tableOf[source.kind]} x WHERE x.experiment_seq = ANY(${scope.seqs}::int[]) AND x.key = ${source.key}`;
  return { join: Prisma.sql`LEFT JOIN (${rows}) ${alias} ON ${alias}.run_seq = r.seq`, value: negated(Prisma.sql`${alias}.value`, field) };
};

export const termsOf = (fields: readonly OrderField[], valueOf: (field: OrderField, index: number) => Prisma.Sql): OrderTerm[] => fields.map((field, index) => termOf(valueOf(field, index), field.type, field.isAscending, field.isNullable));

/** Whether a comparison is about the field that runs are ordered by first. */
export const isAbout = ({ source }: OrderField, clause: Clause): boolean => source.kind !== "column" && entityOf(clause, entities) === source.kind && clause.key === source.key;

/** Rows `x` of one experiment in the index that is in the order of `lead`; `conditions` are on `x`. */
export const leadRows = (scope: RunScope, { source }: OrderField, index: number, clauses: readonly Clause[]): Prisma.Sql | undefined => {
  if (source.kind === "column") return undefined;
  return source.kind === "metric"
    ? Prisma.sql`SELECT x.run_seq, x.value FROM metric_latest x WHERE x.key_id = ${keyIdOf(scope, source.key)}::int AND x.experiment_number = ${scope.numbers[index] ?? 0}::int AND ${Prisma.join([Prisma.sql`true`, ...clauses.map(indexedNumber)], " AND ")}`
    : Prisma.sql`SELECT x.run_seq, x.value_start AS value FROM ${tableOf[source.kind]} x WHERE x.experiment_seq = ${scope.seqs[index] ?? 0}::int AND x.key = ${source.key} AND ${Prisma.join([Prisma.sql`true`, ...clauses.map(indexedText)], " AND ")}`;
};

/** Whether `r` lacks what runs are ordered by first. */
export const lacksLead = (scope: RunScope, field: OrderField): Prisma.Sql => {
  const { source } = field;
  if (source.kind === "column") return Prisma.sql`${columnValue(field, r)} IS NULL`;
  return source.kind === "metric"
    ? Prisma.sql`NOT EXISTS (SELECT 1 FROM metric_latest x WHERE x.key_id = ${keyIdOf(scope, source.key)}::int AND x.experiment_number = ANY(${scope.numbers}::int[]) AND x.run_seq = r.seq)`
    : Prisma.sql`NOT EXISTS (SELECT 1 FROM ${tableOf[source.kind]} x WHERE x.experiment_seq = ANY(${scope.seqs}::int[]) AND x.key = ${source.key} AND x.run_seq = r.seq)`;
};
