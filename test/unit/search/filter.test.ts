import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { AppError } from "@/lib/core/errors";
import { clausesOf, type Filter, filterLimits, parseFilter, parseOrder, requiredClauses } from "@/lib/core/search-filter";

const print = (filter: Filter): string => {
  if (filter.kind !== "clause") return filter.parts.map((part) => (part.kind === "clause" ? print(part) : `(${print(part)})`)).join(filter.kind === "and" ? " AND " : " OR ");
  const { entity, key, comparator, value } = filter;
  const name = `${entity === undefined ? "" : `${entity}.`}\`${key}\``;
  if (value === null) return `${name} ${comparator}`;
  const shown = Array.isArray(value) ? `(${value.map(quote).join(", ")})` : typeof value === "string" ? quote(value) : String(value);
  return `${name} ${comparator} ${shown}`;
};
const quote = (text: string): string => (text.includes("'") ? `"${text}"` : `'${text}'`);

type Plain = { kind: "and" | "or"; parts: Plain[] } | { entity: string | undefined; key: string; comparator: string; value: unknown };
const plain = (filter: Filter): Plain => (filter.kind === "clause" ? { entity: filter.entity, key: filter.key, comparator: filter.comparator, value: filter.value } : { kind: filter.kind, parts: filter.parts.map(plain) });

const one = (entity: string | undefined, key: string, comparator: string, value: unknown): Plain => ({ entity, key, comparator, value });
const parsed = (text: string): Plain | undefined => {
  const filter = parseFilter(text);
  return filter && plain(filter);
};

describe("a filter", () => {
  const a = one("metrics", "a", ">", 1);
  const b = one("params", "b", "=", "x");
  const c = one("tags", "c", "IS NULL", null);

  test.each<[string, Plain]>([
    ["metrics.acc > 0.9", one("metrics", "acc", ">", 0.9)],
    ["metrics.acc>0.9", one("metrics", "acc", ">", 0.9)],
    ["metrics.acc<=-1e-3", one("metrics", "acc", "<=", -0.001)],
    ["metrics.acc != +.5", one("metrics", "acc", "!=", 0.5)],
    ["metrics.acc < 5.", one("metrics", "acc", "<", 5)],
    ["tags.mlflow.parentRunId = 'x'", one("tags", "mlflow.parentRunId", "=", "x")],
    ["metrics.`val loss` >= 2", one("metrics", "val loss", ">=", 2)],
    ["metrics.'val loss'>=2", one("metrics", "val loss", ">=", 2)],
    ["tags.'a.b' = '.x'", one("tags", "a.b", "=", ".x")],
    ['params."a b.c" != \'d\'', one("params", "a b.c", "!=", "d")],
    ["`metrics`.x = 1", one("metrics", "x", "=", 1)],
    ["attributes.\"Run name\" LIKE '%x_'", one("attributes", "Run name", "LIKE", "%x_")],
    ['attributes.status="FINISHED"', one("attributes", "status", "=", "FINISHED")],
    ["name ilike '%x%'", one(undefined, "name", "ILIKE", "%x%")],
    ["run_id IN ('a', \"b\",'c')", one(undefined, "run_id", "IN", ["a", "b", "c"])],
    ["run_id not  in('A1')", one(undefined, "run_id", "NOT IN", ["A1"])],
    ["tags.c is null", c],
    ["tags.c IS NOT NULL", one("tags", "c", "IS NOT NULL", null)],
    ["params.note = 'a AND b = c'", one("params", "note", "=", "a AND b = c")],
    ["params.note = 'it''s'", one("params", "note", "=", "it''s")],
    ["params.note = ''", one("params", "note", "=", "")],
    ["params.note = \"it's\"", one("params", "note", "=", "it's")],
    ["params.note = 'C:\\'", one("params", "note", "=", "C:\\")],
    ["params.café = '☃'", one("params", "café", "=", "☃")],
    ["metrics.a > 1 and params.b = 'x'", { kind: "and", parts: [a, b] }],
    ["metrics.a > 1 OR params.b = 'x'", { kind: "or", parts: [a, b] }],
    ["metrics.a > 1 OR params.b = 'x' AND tags.c IS NULL", { kind: "or", parts: [a, { kind: "and", parts: [b, c] }] }],
    ["(metrics.a > 1 or params.b = 'x') AND tags.c IS NULL", { kind: "and", parts: [{ kind: "or", parts: [a, b] }, c] }],
    ["((metrics.a > 1))", a],
    ["(metrics.a > 1 AND (params.b = 'x')) AND tags.c IS NULL", { kind: "and", parts: [a, b, c] }],
    ["\n metrics.a > 1\tAND\r\nparams.b = 'x' ", { kind: "and", parts: [a, b] }],
  ])("%s", (text, tree) => {
    expect(parsed(text)).toEqual(tree);
  });

  test.each<[string, number, RegExp]>([
    ["metrics.a >", 12, /it ends where a value was expected/],
    ["metrics.a", 10, /it ends where a comparison operator was expected/],
    ["> 1", 1, /expected a comparison/],
    ["metrics.a == 1", 11, /'==': expected one of/],
    ["metrics.a <> 1", 11, /'<>': expected one of/],
    ["metrics.a RLIKE 'x'", 11, /'RLIKE'/],
    ["metrics.a > 'x", 13, /the quote ' is never closed/],
    ["metrics.`a > 1", 9, /the quote ` is never closed/],
    ["name IN ()", 10, /the list holds no value here/],
    ["name IN ('a'", 13, /it ends where ',' or '\)' was expected/],
    ["name IN ('a',)", 14, /holds no value here/],
    ["name IN (1)", 10, /texts in quotes/],
    ["name IN 'a'", 9, /expected '\(' after IN/],
    ["name NOT LIKE 'a'", 10, /expected IN/],
    ["name IS 'a'", 9, /expected NULL/],
    ["a BETWEEN 1 AND 2", 3, /'BETWEEN'/],
    ["   ", 1, /nothing but spaces/],
    ["metrics.a > 1 AND", 18, /it ends where a comparison was expected/],
    ["metrics.a > 1 AND AND metrics.b > 1", 19, /'AND': expected a comparison/],
    ["metrics.a > 1 metrics.b > 1", 15, /joined by AND or OR/],
    ["(metrics.a > 1", 15, /AND, OR or '\)'/],
    ["metrics.a > 1)", 14, /there is no '\(' that this '\)' closes/],
    ["()", 2, /expected a comparison/],
    ["NOT metrics.a > 1", 1, /'NOT': expected a comparison/],
    ["name = x", 8, /expected a text in quotes or a number/],
    ["metrics.a > 1x", 13, /'1x'/],
    ["metrics.a > 1; DROP TABLE run", 13, /'1;'/],
    ["name = 'a\0'", 10, /NUL/],
  ])("refuses %j at character %i", (text, at, message) => {
    const error = (() => {
      try {
        return parseFilter(text);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(AppError);
    const { message: said, details, kind } = error as AppError;
    expect([kind, Number(details["at"]) + 1]).toEqual(["invalid", at]);
    expect(said).toMatch(/filter/);
    expect(said).toMatch(message);
    const [, shown = "", carets = ""] = said.split("\n");
    expect(shown.slice(carets.indexOf("^"))).toBe(`  ${text.replace(/\s/g, " ")}`.slice(at + 1));
  });

  test("is shown around the mistake where it is long", () => {
    const text = `${"metrics.accuracy > 0.5 AND ".repeat(20)}metrics.b >> 1 ${"AND metrics.accuracy > 0.5 ".repeat(20)}`;
    expect(() => parseFilter(text)).toThrow(/\n {2}….{60}…\n {2} *\^/);
  });

  test("of nothing is none", () => {
    expect(parseFilter(undefined)).toBeUndefined();
    expect(parseFilter("")).toBeUndefined();
  });

  test("has limits that are told", () => {
    const clauses = (count: number): string => Array.from({ length: count }, () => "metrics.a > 1").join(" AND ");
    expect(clausesOf(parseFilter(clauses(filterLimits.clauses)))).toHaveLength(filterLimits.clauses);
    expect(() => parseFilter(clauses(filterLimits.clauses + 1))).toThrow(/at most 200 comparisons/);
    const nested = (depth: number): string => `${"(".repeat(depth)}metrics.a > 1${")".repeat(depth)}`;
    expect(parsed(nested(filterLimits.depth))).toEqual(a);
    expect(() => parseFilter(nested(filterLimits.depth + 1))).toThrow(/at most 32 parentheses/);
    expect(() => parseFilter(`name IN (${Array.from({ length: filterLimits.listValues + 1 }, () => "'a'").join(",")})`)).toThrow(/at most 5000 values/);
    expect(() => parseFilter(`name = '${"x".repeat(filterLimits.characters)}'`)).toThrow(/at most 100000 are allowed/);
  });

  test("tells what every match fulfils", () => {
    expect(requiredClauses(parseFilter("metrics.a > 1 AND (params.b = 'x' OR tags.c IS NULL) AND tags.d = 'y'")).map(({ key }) => key)).toEqual(["a", "d"]);
    expect(requiredClauses(parseFilter("metrics.a > 1 OR params.b = 'x'"))).toEqual([]);
  });

  const text = fc.string({ maxLength: 12 }).filter((value) => !/[\0"]/.test(value) && !(value.includes("''") || /^'|'$/.test(value)));
  const clause = fc.oneof(
    fc.record({ comparator: fc.constantFrom("=", "!=", "<", "<=", ">", ">="), value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)) }),
    fc.record({ comparator: fc.constantFrom("=", "!=", "LIKE", "ILIKE"), value: text }),
    fc.record({ comparator: fc.constantFrom("IN", "NOT IN"), value: fc.array(text, { minLength: 1, maxLength: 4 }) }),
    fc.record({ comparator: fc.constantFrom("IS NULL", "IS NOT NULL"), value: fc.constant(null) }),
  ).chain((rest) => fc.record({ entity: fc.constantFrom(undefined, "metrics", "params", "tag"), key: fc.string({ minLength: 1, maxLength: 8 }).filter((key) => !/[`\0]/.test(key)) }).map((name) => ({ kind: "clause", ...name, ...rest }) as unknown as Filter));
  const { tree } = fc.letrec<{ tree: Filter }>((tie) => ({
    tree: fc.oneof({ maxDepth: 4, withCrossShrink: true }, clause, fc.record({ kind: fc.constantFrom("and" as const, "or" as const), parts: fc.array(tie("tree"), { minLength: 2, maxLength: 3 }) })),
  }));
  /** Parts of the same kind are one list, as the parser writes them. */
  const flat = (filter: Filter): Filter => (filter.kind === "clause" ? filter : { kind: filter.kind, parts: filter.parts.map(flat).flatMap((part) => (part.kind === filter.kind ? part.parts : [part])) });

  test("that is printed from a tree gives the tree", () => {
    fc.assert(fc.property(tree, (filter) => {
      expect(parsed(print(flat(filter)))).toEqual(plain(flat(filter)));
    }), { numRuns: 500 });
  });

  test("of any text is a tree or a mistake that says where", () => {
    const word = fc.constantFrom("metrics.a", "AND", "or", "(", ")", "IN", "NOT", "IS", "NULL", "'x'", '"y"', "1", "-2e5", "=", "!=", ">", "LIKE", ",", "`", "'", " ", "\n");
    fc.assert(fc.property(fc.oneof(fc.string({ unit: "binary", maxLength: 40 }), fc.array(word, { maxLength: 12 }).map((words) => words.join(" "))), (given) => {
      try {
        parseFilter(given);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
        expect((error as AppError).details["at"]).toBeTypeOf("number");
      }
    }), { numRuns: 2_000 });
  });

  test.each([
    ["quotes", "'".repeat(20_001)],
    ["doubled quotes", `a = ${"''".repeat(10_000)}'`],
    ["double quotes", "\"a".repeat(10_000)],
    ["backticks", "`a`".repeat(7_000)],
    ["open parentheses", "(".repeat(20_000)],
    ["spaces", `${" ".repeat(20_000)}x`],
    ["digits", `a = ${"1".repeat(20_000)}x`],
    ["dots", `a = ${".".repeat(20_000)}`],
    ["numbers", `a = ${"1e".repeat(10_000)}`],
    ["operators", "<".repeat(20_000)],
    ["nothing but words", "a ".repeat(10_000)],
    ["lists", `a IN (${"'x',".repeat(4_000)}`],
  ])("made of 20,000 %s takes no time", (_, given) => {
    const started = performance.now();
    expect(() => parseFilter(given)).toThrow(AppError);
    expect(performance.now() - started).toBeLessThan(2_000); // a pattern that backtracks would take minutes
  });
});

describe("an order", () => {
  test("is ascending unless told otherwise", () => {
    expect(parseOrder(["metrics.`a b` desc", "start_time", "name ASC", " tags.x.y  Desc "])).toMatchObject([
      { entity: "metrics", key: "a b", isAscending: false },
      { entity: undefined, key: "start_time", isAscending: true },
      { entity: undefined, key: "name", isAscending: true },
      { entity: "tags", key: "x.y", isAscending: false },
    ]);
  });

  test.each([["", 1], ["metrics.a b DESC", 11], ["name sideways", 6], ["name, start_time", 5], ["'name'", 1], ["name DESC DESC", 11], ["1", 1], ["metrics.`a DESC", 9]])("%j is refused at character %i", (entry, at) => {
    expect(() => parseOrder([entry])).toThrow(expect.objectContaining({ code: "search.bad_order", details: { at: at - 1 } }) as Error);
  });
});
