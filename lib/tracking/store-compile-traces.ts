import { type Clause, clauseMistake, type Filter, type OrderClause } from "@/lib/core/search-filter";
import { compareNumber, compareText, Prisma } from "@/lib/platform/db";

import { invalid } from "./errors";

const texts: Record<string, Prisma.Sql> = {
  request_id: Prisma.sql`t.trace_id`,
  trace_id: Prisma.sql`t.trace_id`,
  status: Prisma.sql`t.state`,
  state: Prisma.sql`t.state`,
  client_request_id: Prisma.sql`t.client_request_id`,
  name: Prisma.sql`(t.tags ->> 'mlflow.traceName')`,
};
const end = Prisma.sql`(t.request_time + coalesce(t.duration_ms, 0))`;
const numbers: Record<string, Prisma.Sql> = {
  timestamp: Prisma.sql`t.request_time`,
  timestamp_ms: Prisma.sql`t.request_time`,
  request_time: Prisma.sql`t.request_time`,
  execution_time: Prisma.sql`t.duration_ms`,
  execution_time_ms: Prisma.sql`t.duration_ms`,
  execution_duration: Prisma.sql`t.duration_ms`,
  end_time: end,
  end_time_ms: end,
};

type Entity = "attribute" | "tag" | "metadata" | "span" | "feedback" | "expectation";
const entities: Record<string, Entity> = {
  attribute: "attribute", attributes: "attribute", trace: "attribute", tag: "tag", tags: "tag", metadata: "metadata", request_metadata: "metadata", trace_metadata: "metadata",
  span: "span", feedback: "feedback", expectation: "expectation",
};
const entityOf = (clause: Clause): Entity => {
  const entity = clause.entity === undefined ? "attribute" : entities[clause.entity.toLowerCase()];
  if (entity === undefined) throw clauseMistake(clause, "identifier", `Invalid entity type '${clause.entity ?? ""}'. Valid values are attribute, trace, tag, metadata, span, feedback, expectation`);
  return entity;
};

const speaksOfSpan = (clause: Clause): boolean => entityOf(clause) === "span" || (entityOf(clause) === "attribute" && clause.key === "text");
const isSpanClause = (filter: Filter): filter is Clause => filter.kind === "clause" && speaksOfSpan(filter);

/** Text of an attribute of a span: texts as they are, everything else as JSON. */
const attributeText = Prisma.sql`coalesce(a -> 'value' ->> 'string_value', a -> 'value' ->> 'int_value', a -> 'value' ->> 'double_value', a -> 'value' ->> 'bool_value', (a -> 'value')::text)`;

const spanCondition = (clause: Clause): Prisma.Sql => {
  const { key } = clause;
  if (key === "name") return compareText(Prisma.sql`s.name`, clause);
  if (key === "type") return compareText(Prisma.sql`s.type`, clause);
  if (key === "status") return compareText(Prisma.sql`s.status`, clause);
  if (key === "content" || key === "text") return compareText(Prisma.sql`s.content::text`, clause);
  if (key.startsWith("attributes.") && key.length > "attributes.".length) {
    const name = key.slice("attributes.".length).replace(/^`(.*)`$/s, "$1");
    return Prisma.sql`EXISTS (SELECT 1 FROM jsonb_array_elements(s.content -> 'attributes') a WHERE a ->> 'key' = ${name} AND ${compareText(attributeText, clause)})`;
  }
  throw clauseMistake(clause, "identifier", `Invalid span attribute '${key}'. Supported attributes: name, type, status, content, attributes.<attribute_name>`);
};

/** Comparisons of spans that stand in one AND speak of one span. */
const withSpan = (clauses: readonly Clause[]): Prisma.Sql =>
  Prisma.sql`EXISTS (SELECT 1 FROM trace_span s WHERE s.workspace_id = t.workspace_id AND s.trace_id = t.trace_id AND ${Prisma.join(clauses.map(spanCondition), " AND ")})`;

const assessmentText = Prisma.sql`coalesce(x.value #>> '{value}', x.value #>> '{serialized_value,value}')`;
const assessmentNumber = Prisma.sql`CASE WHEN jsonb_typeof(x.value -> 'value') = 'number' THEN (x.value ->> 'value')::float8 END`;

const assessmentCondition = (kind: "feedback" | "expectation", clause: Clause): Prisma.Sql => {
  const { comparator, value } = clause;
  const having = (condition: Prisma.Sql): Prisma.Sql =>
    Prisma.sql`EXISTS (SELECT 1 FROM trace_assessment x WHERE x.workspace_id = t.workspace_id AND x.trace_id = t.trace_id AND x.is_valid AND x.kind = ${kind} AND x.name = ${clause.key} AND ${condition})`;
  if (comparator === "IS NULL") return Prisma.sql`NOT ${having(Prisma.sql`true`)}`;
  if (comparator === "IS NOT NULL") return having(Prisma.sql`true`);
  return having(typeof value === "number" ? compareNumber(assessmentNumber, clause) : compareText(assessmentText, clause));
};

const linked = (clause: Clause, table: Prisma.Sql, what: string): Prisma.Sql => {
  if (clause.comparator !== "=" || typeof clause.value !== "string") throw clauseMistake(clause, "comparator", `Invalid comparator '${clause.comparator}' for ${what}: only = with a quoted text is supported`);
  return table;
};

const attributeCondition = (clause: Clause): Prisma.Sql => {
  const { key, value } = clause;
  const text = texts[key];
  if (text) return compareText(text, clause);
  const number = numbers[key];
  if (number) return compareNumber(number, clause, "bigint");
  if (key === "run_id") return runCondition(clause);
  if (key === "prompt") {
    const [name = "", version = ""] = String(value).split("/");
    return linked(clause, Prisma.sql`EXISTS (SELECT 1 FROM trace_prompt p WHERE p.workspace_id = t.workspace_id AND p.trace_id = t.trace_id AND p.name = ${name} AND p.version = ${version})`, "prompt");
  }
  throw clauseMistake(clause, "identifier", `Invalid attribute key '${key}' specified. Valid keys are ${[...Object.keys(texts), ...Object.keys(numbers), "run_id", "prompt", "text"].join(", ")}`);
};

/** A trace belongs to the run that made it and to those that it was linked to. */
const runCondition = (clause: Clause): Prisma.Sql => {
  const made = compareText(Prisma.sql`(t.metadata ->> 'mlflow.sourceRun')`, clause);
  if (clause.comparator !== "=" || typeof clause.value !== "string") return made;
  return Prisma.sql`(${made} OR EXISTS (SELECT 1 FROM trace_run l JOIN run r ON r.seq = l.run_seq WHERE l.workspace_id = t.workspace_id AND l.trace_id = t.trace_id AND r.run_id = ${clause.value}::text))`;
};

const condition = (clause: Clause): Prisma.Sql => {
  const entity = entityOf(clause);
  if (speaksOfSpan(clause)) return withSpan([clause]);
  if (entity === "tag") return compareText(Prisma.sql`(t.tags ->> ${clause.key}::text)`, clause);
  if (entity === "metadata") return clause.key === "mlflow.sourceRun" ? runCondition(clause) : compareText(Prisma.sql`(t.metadata ->> ${clause.key}::text)`, clause);
  if (entity === "feedback" || entity === "expectation") return assessmentCondition(entity, clause);
  return attributeCondition(clause);
};

/** Conditions of traces/search on `t`. */
export const traceCondition = (filter: Filter): Prisma.Sql => {
  if (filter.kind === "clause") return condition(filter);
  const ofOneSpan = filter.kind === "and" ? filter.parts.filter(isSpanClause) : [];
  const rest = filter.parts.filter((part) => !(filter.kind === "and" && isSpanClause(part))).map(traceCondition);
  const parts = [...rest, ...(ofOneSpan.length === 0 ? [] : [withSpan(ofOneSpan)])];
  return Prisma.sql`(${Prisma.join(parts, filter.kind === "and" ? " AND " : " OR ")})`;
};

export const inTraceExperiments = (experimentNumbers: readonly number[]): Prisma.Sql => Prisma.sql`t.experiment_number = ANY(${[...experimentNumbers]}::int[])`;

/** Newest first, then by id: the order unless another is asked for. */
export const newestFirst = Prisma.sql`t.request_time DESC, t.trace_id ASC`;
export const afterTrace = (requestTime: number, traceId: string): Prisma.Sql =>
  Prisma.sql`(t.request_time < ${requestTime}::bigint OR (t.request_time = ${requestTime}::bigint AND t.trace_id > ${traceId}))`;

/** Order of traces/search: what a trace lacks comes last both ways; ties by newest, then id. */
export const traceOrder = (clauses: readonly OrderClause[]): Prisma.Sql => {
  const parts = clauses.map(({ entity, key, isAscending }) => {
    const column = columnOf(entity === undefined ? "attribute" : entities[entity.toLowerCase()], key);
    return isAscending ? Prisma.sql`${column} ASC NULLS LAST` : Prisma.sql`${column} DESC NULLS LAST`;
  });
  return Prisma.join([...parts, newestFirst], ", ");
};

const columnOf = (entity: Entity | undefined, key: string): Prisma.Sql => {
  if (entity === "tag") return Prisma.sql`(t.tags ->> ${key}::text)`;
  if (entity === "metadata") return Prisma.sql`(t.metadata ->> ${key}::text)`;
  const column = key === "experiment_id" ? Prisma.sql`t.experiment_number` : key === "run_id" ? Prisma.sql`(t.metadata ->> 'mlflow.sourceRun')` : (texts[key] ?? numbers[key]);
  if (entity !== "attribute" || column === undefined) throw invalid(`Invalid order_by entity or key '${key}'. Traces are ordered by ${[...Object.keys(texts), ...Object.keys(numbers), "experiment_id", "run_id"].join(", ")}, tag.<key> or metadata.<key>.`);
  return column;
};
