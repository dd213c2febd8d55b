import type { Position } from "@/lib/core/keyset";
import type { Clause } from "@/lib/core/search-filter";
import { beyond, type Database, orderBy, positionOf, Prisma, readFound } from "@/lib/platform/db";

import { fieldValue, isAbout, lacksLead, leadRows, type OrderField, type RunScope, termsOf } from "./store-run-fields";
import { placedRun, type PlacedRun, readPlaced } from "./store-run-rows";

/** A stretch of an index whose rows `x`, one after the other, are candidates in the wanted order. */
export type Walk = {
  rows: (within: readonly Prisma.Sql[]) => Prisma.Sql;
  /** The number of a row's run, inside of `rows`. */
  seq: Prisma.Sql;
  /** What the index is ordered by, where it changes along the stretch. */
  lead: { value: Prisma.Sql; isAscending: boolean } | undefined;
  /** How many fields of the order the index puts in order. */
  ordered: number;
  valueOf: (field: OrderField, index: number) => Prisma.Sql;
  /** Whether the position to go on from lies in this stretch; otherwise it lies before. */
  isEntered: boolean;
  /** Comparisons that hold for every row. */
  settled: readonly Clause[];
};

const and = (conditions: readonly Prisma.Sql[]): Prisma.Sql => Prisma.join([Prisma.sql`true`, ...conditions], " AND ");
const isStart = (field: OrderField | undefined): boolean => field?.source.kind === "column" && field.source.name === "start_time";
const nan = Prisma.sql`'NaN'::float8`;

/**
 * The stretches that lead through the order from a position on, one after the other: numbers, then NaN, then runs that lack the field.
 * Where no index leads any further, the list ends with undefined.
 */
export const openWalks = (scope: RunScope, fields: readonly OrderField[], required: readonly Clause[], after: Position | undefined): (Walk | undefined)[] => {
  const [lead] = fields;
  if (!lead) return [undefined];
  if (lead.source.kind === "column") return isStart(lead) ? startWalks(scope, lead, 0, [], [], after) : [undefined];
  const about = required.filter((clause) => isAbout(lead, clause));
  const isPast = after !== undefined && after[0] === null;
  const isPastNumbers = isPast || (after?.[0] === "NaN" && lead.isNegated);
  const walks: (Walk | undefined)[] = [];
  if (!isPastNumbers) walks.push(presentWalk(scope, lead, about, lead.isNegated ? [Prisma.sql`x.value < ${nan}`] : [], after));
  if (lead.isNegated && !isPast) walks.push({ ...presentWalk(scope, lead, about, [Prisma.sql`x.value = ${nan}`], undefined), lead: undefined, isEntered: isPastNumbers });
  if (about.some(({ comparator }) => comparator !== "IS NULL")) return walks;
  const start = fields[1];
  return [...walks, ...(start && isStart(start) && fields.length === 3 ? startWalks(scope, start, 1, [lacksLead(scope, lead)], about, isPast ? after : undefined) : [undefined])];
};

/** Along the values of a metric, param or tag. */
const presentWalk = (scope: RunScope, lead: OrderField, about: readonly Clause[], conditions: readonly Prisma.Sql[], after: Position | undefined): Walk => ({
  rows: (within) => {
    const parts = scope.numbers.flatMap((_, index) => {
      const rows = leadRows(scope, lead, index, about);
      return rows ? [Prisma.sql`${rows} AND ${and([...conditions, ...edgeOf(lead, after?.[0]), ...within])}`] : [];
    });
    return Prisma.sql`(${Prisma.join(parts, " UNION ALL ")}) x`;
  },
  seq: Prisma.sql`x.run_seq`,
  lead: { value: Prisma.sql`x.value`, isAscending: lead.isAscending !== lead.isNegated },
  ordered: 1,
  valueOf: (field, index) => (index > 0 ? fieldValue(scope, field, Prisma.sql`x.run_seq`) : lead.isNegated ? Prisma.sql`(- x.value)` : Prisma.sql`x.value`),
  isEntered: after !== undefined,
  settled: about,
});

/** The part of the index that lies behind a value, it included: rows of the same value are told apart afterwards. */
const edgeOf = (lead: OrderField, from: string | null | undefined): Prisma.Sql[] => {
  if (from === null || from === undefined) return [];
  if (lead.type === "text") return [lead.isAscending ? Prisma.sql`x.value_start >= ${from}::text` : Prisma.sql`x.value_start <= ${from}::text`];
  return [lead.isNegated ? Prisma.sql`x.value <= (- ${from}::text::float8)` : Prisma.sql`x.value >= ${from}::text::float8`];
};

/** Along the starts of runs, then those without one. `index` is the place of the start in the order; what comes before it is missing. */
const startWalks = (scope: RunScope, start: OrderField, index: number, conditions: readonly Prisma.Sql[], settled: readonly Clause[], after: Position | undefined): Walk[] => {
  const from = after?.[index];
  const edge = from === null || from === undefined ? [] : [start.isAscending ? Prisma.sql`r.start_time >= ${from}::text::bigint` : Prisma.sql`r.start_time <= ${from}::text::bigint`];
  const rows = (own: readonly Prisma.Sql[]) => (within: readonly Prisma.Sql[]): Prisma.Sql => {
    const parts = scope.numbers.map((number) => Prisma.sql`
      SELECT r.seq AS run_seq, r.start_time, r.run_id FROM run r WHERE r.workspace_id = ${scope.workspaceId}::uuid AND r.experiment_number = ${number}::int AND ${and([...own, ...conditions, ...within])}`);
    return Prisma.sql`(${Prisma.join(parts, " UNION ALL ")}) x`;
  };
  const valueOf: Walk["valueOf"] = (field, place) => {
    if (place < index) return field.type === "float8" ? Prisma.sql`NULL::float8` : Prisma.sql`NULL::text`;
    if (field.source.kind === "column" && (isStart(field) || field.source.name === "run_id")) return isStart(field) ? Prisma.sql`x.start_time` : Prisma.sql`x.run_id`;
    return fieldValue(scope, field, Prisma.sql`x.run_seq`);
  };
  const walk = { seq: Prisma.sql`r.seq`, ordered: index + 1, valueOf, settled };
  const isPast = after !== undefined && from === null;
  return [
    ...(isPast ? [] : [{ ...walk, rows: rows([Prisma.sql`r.start_time IS NOT NULL`, ...edge]), lead: { value: Prisma.sql`x.start_time`, isAscending: start.isAscending }, isEntered: after !== undefined }]),
    { ...walk, rows: rows([Prisma.sql`r.start_time IS NULL`]), lead: undefined, isEntered: isPast },
  ];
};

export type WalkOptions = {
  fields: readonly OrderField[];
  after: Position | undefined;
  limit: number;
  /** Conditions on the number of a run, that cost no look-up. */
  within: readonly Prisma.Sql[];
  /** Conditions on the run `r`. */
  tests: readonly Prisma.Sql[];
  /** So many rows of the stretch are tested at most. */
  maxTested: number;
};

const alias = (index: number): Prisma.Sql => Prisma.raw(`o${index}`);

/** Walks along a stretch until `limit` runs are found. `isAtEnd`: the stretch holds no others. */
export const walkRows = async (db: Database, walk: Walk, { fields, after, limit, within, tests, maxTested }: WalkOptions): Promise<{ found: PlacedRun[]; isAtEnd: boolean }> => {
  const { lead, ordered } = walk;
  const rows = walk.rows(within);
  const values = fields.map((field, index) => Prisma.sql`${walk.valueOf(field, index)} AS ${alias(index)}`);
  const behind = after && walk.isEntered ? Prisma.sql`WHERE ${beyond(termsOf(fields, walk.valueOf), after)}` : Prisma.empty;
  const direction = lead?.isAscending ? Prisma.sql`ASC` : Prisma.sql`DESC`;
  const orderedBy = (leading: Prisma.Sql, nameOf: (index: number) => Prisma.Sql): Prisma.Sql => {
    const rest = termsOf(fields, (_, index) => nameOf(index)).slice(ordered);
    return Prisma.join([...(lead ? [Prisma.sql`${leading} ${direction}`] : []), ...(rest.length > 0 ? [orderBy(rest)] : []), ...(lead || rest.length > 0 ? [] : [Prisma.sql`1`])], ", ");
  };
  const terms = termsOf(fields, (_, index) => Prisma.sql`c.${alias(index)}`);
  const found = await readPlaced(db, Prisma.sql`
    SELECT ${placedRun(positionOf(terms))}
    FROM (SELECT x.run_seq, ${Prisma.join(values, ", ")}, ${lead?.value ?? Prisma.sql`0`} AS lead FROM ${rows} ${behind} ORDER BY ${orderedBy(Prisma.sql`lead`, alias)} LIMIT ${maxTested}) c
      CROSS JOIN LATERAL (SELECT r.* FROM run r WHERE r.seq = c.run_seq AND ${and(tests)} OFFSET 0) r
    ORDER BY ${orderedBy(Prisma.sql`c.lead`, (index) => Prisma.sql`c.${alias(index)}`)} LIMIT ${limit}`);
  if (found.length === limit) return { found, isAtEnd: false };
  const more = await readFound(db, Prisma.sql`SELECT 1 FROM ${rows} OFFSET ${maxTested - 1} LIMIT 1`);
  return { found, isAtEnd: more.length === 0 };
};
