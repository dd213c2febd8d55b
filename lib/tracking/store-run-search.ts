import type { Position } from "@/lib/core/keyset";
import { type Clause, clausesOf, type Filter, type OrderClause, requiredClauses } from "@/lib/core/search-filter";
import { beyond, compileFilter, type Database, numberArray, orderBy, positionOf, Prisma, readFound, readRows, type Statement } from "@/lib/platform/db";

import { fieldJoin, fieldValue, isAbout, matchesOf, member, metricNames, type OrderField, orderFields, probe, type RunScope, termsOf } from "./store-run-fields";
import { placedRun, type PlacedRun, readPlaced } from "./store-run-rows";
import { openWalks, type Walk, walkRows } from "./store-run-walks";

export type RunQuery = {
  /** Numbers of experiments. */
  experiments: readonly number[];
  filter: Filter | undefined;
  order: readonly OrderClause[];
  stage: "active" | "deleted" | "all";
};

/** How far a walk along the order goes before another way to search takes over. */
export type WalkEffort = {
  /** Up to so many matches of one comparison are kept in a set that runs are tested against, which is read whole before the walk starts. */
  maxSet: number;
  /** So many runs are tested one by one, for each that is wanted and at least. */
  testedPerRun: number;
  minTested: number;
};

/** Where one way to search gives way to another. The results are the same. */
export type SearchTuning = {
  /** Up to so many matches of one comparison, runs are fetched, tested and sorted, whatever the order. */
  maxFetched: number;
  /** So many experiments are walked through side by side. */
  maxMerged: number;
  /** Most pages are full soon, and large sets would cost more than all the tests. */
  quick: WalkEffort;
  thorough: WalkEffort;
};
const defaults: SearchTuning = { maxFetched: 500, maxMerged: 8, quick: { maxSet: 2_500, testedPerRun: 8, minTested: 1_000 }, thorough: { maxSet: 20_000, testedPerRun: 20, minTested: 2_000 } };
const maxCounted = 6;

const readNames: Statement = {
  name: "read_search_names",
  text: `SELECT NULL AS key, number AS a, seq AS b FROM experiment WHERE workspace_id = $1 AND number = ANY($2::int[])
    UNION ALL SELECT key, id, 0 FROM metric_key WHERE workspace_id = $1 AND key = ANY($3::text[])`,
};

/** Looks up what the names of a query stand for. */
const readScope = async (db: Database, workspaceId: string, { experiments, filter, order }: RunQuery): Promise<RunScope> => {
  const rows = await readRows<{ key: string | null; a: number; b: number }>(db, readNames, [workspaceId, numberArray(experiments), metricNames(clausesOf(filter), order)]);
  const found = rows.filter(({ key }) => key === null);
  return { workspaceId, numbers: found.map(({ a }) => a), seqs: found.map(({ b }) => b), keyIds: new Map(rows.flatMap(({ key, a }) => (key === null ? [] : [[key, a] as const]))) };
};

const and = (conditions: readonly Prisma.Sql[]): Prisma.Sql => (conditions.length === 0 ? Prisma.sql`true` : Prisma.join([...conditions], " AND "));
const holds = Prisma.sql`true`;

/** What `r` must be beside the filter. */
const baseConditions = ({ workspaceId, numbers }: RunScope, { stage }: RunQuery): Prisma.Sql[] => [
  Prisma.sql`r.workspace_id = ${workspaceId}::uuid AND r.experiment_number = ANY(${numbers}::int[])`,
  ...(stage === "all" ? [] : [Prisma.sql`r.lifecycle_stage = ${stage}`]),
];

/** The filter as tests of one `r` after another, but for the comparisons that hold already. */
const testsOf = (scope: RunScope, { filter }: RunQuery, settled: ReadonlySet<Clause>): Prisma.Sql[] => (filter ? [compileFilter(filter, (clause) => (settled.has(clause) ? holds : probe(scope, clause)))] : []);

type Counted = { clause: Clause; matches: Prisma.Sql; count: number };

/** How many runs meet each comparison that every match must meet, as far as an index tells quickly; fewest first. */
const countMatches = async (db: Database, scope: RunScope, filter: Filter | undefined, maxSet: number): Promise<Counted[]> => {
  const candidates = requiredClauses(filter).flatMap((clause) => {
    const matches = matchesOf(scope, clause);
    return matches ? [{ clause, matches }] : [];
  }).slice(0, maxCounted);
  if (candidates.length === 0) return [];
  const counts = candidates.map(({ matches }) => Prisma.sql`(SELECT count(*)::int FROM (${matches} LIMIT ${maxSet + 1}) counted)`);
  const [row] = await readFound<{ counts: number[] }>(db, Prisma.sql`SELECT ARRAY[${Prisma.join(counts, ", ")}] AS counts`);
  return candidates.map((candidate, index) => ({ ...candidate, count: row?.counts[index] ?? 0 })).sort((a, b) => a.count - b.count);
};

const r = Prisma.sql`r`;
const alias = (index: number): Prisma.Sql => Prisma.raw(`o${index}`);

type Search = { scope: RunScope; query: RunQuery; fields: OrderField[]; after: Position | undefined; limit: number };

/** A bound tells the planner that the set is small, so that it hashes it. It is never reached: matches were counted just before. */
const setLimit = (maxCount: number): number => 2 * maxCount + 10_000;

/** Fetches the runs that meet the rarest comparison, tests them one by one, and sorts what is left. */
const searchFew = (db: Database, { scope, query, fields, after, limit }: Search, few: Counted): Promise<PlacedRun[]> => {
  const values = fields.map((field, index) => Prisma.sql`${fieldValue(scope, field, Prisma.sql`r.seq`, r)} AS ${alias(index)}`);
  const terms = termsOf(fields, (_, index) => Prisma.sql`r.${alias(index)}`);
  const conditions = [...baseConditions(scope, query), ...testsOf(scope, query, new Set([few.clause]))];
  return readPlaced(db, Prisma.sql`
    SELECT ${placedRun(positionOf(terms))}
    FROM (${few.matches} LIMIT ${setLimit(few.count)}) c CROSS JOIN LATERAL (SELECT r.*, ${Prisma.join(values, ", ")} FROM run r WHERE r.seq = c.run_seq AND ${and(conditions)} OFFSET 0) r
    WHERE ${after ? beyond(terms, after) : holds} ORDER BY ${orderBy(terms)} LIMIT ${limit}`);
};

/** Finds all matches in the experiments by sets, and sorts them. */
const searchAll = (db: Database, { scope, query, fields, after, limit }: Search): Promise<PlacedRun[]> => {
  const joins = fields.map((field, index) => fieldJoin(scope, field, index));
  const terms = termsOf(fields, (_, index) => joins[index]?.value ?? Prisma.sql`NULL`);
  const conditions = [...baseConditions(scope, query), ...membersOf(scope, query), ...(after ? [beyond(terms, after)] : [])];
  return readPlaced(db, Prisma.sql`
    SELECT ${placedRun(positionOf(terms))} FROM run r ${Prisma.join(joins.map(({ join }) => join), " ")}
    WHERE ${and(conditions)} ORDER BY ${orderBy(terms)} LIMIT ${limit}`);
};

const membersOf = (scope: RunScope, { filter }: RunQuery): Prisma.Sql[] => (filter ? [compileFilter(filter, (clause) => member(scope, clause))] : []);

/** Walks along the index of the order and tests runs until the page is full; undefined when too many were tested in vain. */
const searchAlong = async (db: Database, search: Search, counted: readonly Counted[], walks: readonly (Walk | undefined)[], effort: WalkEffort): Promise<PlacedRun[] | undefined> => {
  const { scope, query, limit } = search;
  const [lead] = search.fields;
  const sets = counted.filter(({ clause, count }) => count <= effort.maxSet && !(lead && isAbout(lead, clause)));
  const maxTested = Math.max(effort.minTested, effort.testedPerRun * limit);
  const rows: PlacedRun[] = [];
  for (const walk of walks) {
    if (!walk) return undefined;
    const tests = [...baseConditions(scope, query), ...testsOf(scope, query, new Set([...walk.settled, ...sets.map(({ clause }) => clause)]))];
    const within = sets.map(({ matches }) => Prisma.sql`(${walk.seq} IN (${matches} LIMIT ${setLimit(effort.maxSet)})) IS TRUE`);
    const { found, isAtEnd } = await walkRows(db, walk, { ...search, limit: limit - rows.length, within, tests, maxTested });
    rows.push(...found);
    if (rows.length >= limit) return rows;
    if (!isAtEnd) return undefined;
  }
  return rows;
};

/**
 * Runs that match a filter, from a position of their order on; at most `limit` of them. Where a comparison is rare it starts there;
 * otherwise it walks along the index that is in the wanted order, so that a late page costs what the first one does; where neither
 * leads to a full page soon, it searches the experiments as a whole.
 */
export const findRuns = async (db: Database, workspaceId: string, query: RunQuery, { after, limit }: { after: Position | undefined; limit: number }, tuning = defaults): Promise<PlacedRun[]> => {
  const fields = orderFields(query.order);
  const scope = await readScope(db, workspaceId, query);
  // Before anything is searched, every comparison has proved to be one.
  const search: Search = { scope, query, fields, after, limit };
  membersOf(scope, query);
  if (scope.numbers.length === 0) return [];
  const { maxFetched, maxMerged, quick, thorough } = tuning;
  const count = (effort: WalkEffort): Promise<Counted[]> => countMatches(db, scope, query.filter, Math.max(effort.maxSet, maxFetched));
  const counted = await count(quick);
  const [rarest] = counted;
  if (rarest && rarest.count <= maxFetched) return searchFew(db, search, rarest);
  const walks = scope.numbers.length <= maxMerged ? openWalks(scope, fields, requiredClauses(query.filter), after) : undefined;
  if (!walks) return searchAll(db, search);
  return (await searchAlong(db, search, counted, walks, quick)) ?? (await searchAlong(db, search, await count(thorough), walks, thorough)) ?? searchAll(db, search);
};

/** Counts the runs that match, and stops at `cap`. */
export const countFoundRuns = async (db: Database, workspaceId: string, query: Omit<RunQuery, "order">, cap: number): Promise<number> => {
  const whole: RunQuery = { ...query, order: [] };
  const scope = await readScope(db, workspaceId, whole);
  const conditions = and([...baseConditions(scope, whole), ...membersOf(scope, whole)]);
  const [row] = await readFound<{ count: number }>(db, Prisma.sql`SELECT count(*)::int AS count FROM (SELECT 1 FROM run r WHERE ${conditions} LIMIT ${cap}) counted`);
  return row?.count ?? 0;
};
