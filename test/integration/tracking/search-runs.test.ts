import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { parseFilter, parseOrder } from "@/lib/core/search-filter";
import type { Position } from "@/lib/core/keyset";
import { countFoundRuns, findRuns, type SearchTuning, type WalkEffort } from "@/lib/tracking/store-run-search";
import { listRunKeyNames, searchRuns } from "@/lib/tracking/service-run-search";
import type { Context } from "@/lib/platform/context";

import { testDeps, type TestDeps } from "../../support/deps";
import { testContext } from "../../support/factories";
import { inOrder, matches, type PlainRun } from "./naive-search";
import { fillRuns, randomRuns } from "./random-runs";

let deps: TestDeps;
let here: Context;
let there: Context;
let runs: PlainRun[];

beforeAll(async () => {
  deps = await testDeps();
  here = await testContext(deps);
  there = await testContext(deps);
  runs = randomRuns(1, 220);
  await fillRuns(deps, here.workspace.id, runs);
  // The same experiments and keys, other runs: nothing of them may ever be found.
  await fillRuns(deps, there.workspace.id, randomRuns(2, 60));
});
afterAll(() => deps.close());

const idOf = ({ runId }: { runId: string }): string => runId;

const number = fc.constantFrom("0", "-1", "0.5", "1", "1e400", "3.25", "-2.5e-3");
const word = fc.constantFrom("a", "B", "a%", "b_c", "ä", "it's", "x".repeat(250), "C:\\dir", "");
const pattern = fc.constantFrom("a%", "%", "_", "%B%", "b_c", "x%", "%\\%", "Ä", "%'%", "");
const quote = (text: string): string => (text.includes("'") ? `"${text}"` : `'${text}'`);
const nulls = fc.constantFrom("IS NULL", "IS NOT NULL");
const textual = fc.oneof(
  fc.tuple(fc.constantFrom("=", "!="), word).map(([operator, value]) => `${operator} ${quote(value)}`),
  fc.tuple(fc.constantFrom("LIKE", "ILIKE"), pattern).map(([operator, value]) => `${operator} ${quote(value)}`),
  fc.tuple(fc.constantFrom("IN", "NOT IN"), fc.array(word, { minLength: 1, maxLength: 3 })).map(([operator, values]) => `${operator} (${values.map(quote).join(", ")})`),
  nulls,
);
const numeric = fc.oneof({ weight: 4, arbitrary: fc.tuple(fc.constantFrom("=", "!=", "<", "<=", ">", ">="), number).map(([operator, value]) => `${operator} ${value}`) }, { weight: 1, arbitrary: nulls });
const clause = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom("metrics.m1", "metrics.`m 2`", "metrics.rare", "metrics.none"), numeric).map((parts) => parts.join(" ")) },
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom("params.p1", "params.`p 2`", "tags.t1", "tags.t.2", "params.none", "attributes.run_name", "user_id"), textual).map((parts) => parts.join(" ")) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom("duration", "attributes.duration"), fc.oneof(fc.constantFrom("> 5", "<= 20", "= 0", "!= 3"), nulls)).map((parts) => parts.join(" ")) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom("start_time", "attributes.end_time"), fc.oneof(fc.constantFrom("> 1005", "<= 1010.5", "= 1003", "!= 1004"), nulls)).map((parts) => parts.join(" ")) },
  { weight: 1, arbitrary: fc.constantFrom("status = 'FINISHED'", "status IN ('RUNNING', 'FAILED')", "status != 'FINISHED'") },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom("dataset.name", "dataset.digest", "dataset.context"), fc.oneof(nulls, fc.constantFrom("= 'train'", "!= 'train'", "LIKE 't%'", "IN ('train', 'd1')", "NOT IN ('test')"))).map((parts) => parts.join(" ")) },
);
const { filter } = fc.letrec<{ filter: string }>((tie) => ({
  filter: fc.oneof({ maxDepth: 3 }, { weight: 3, arbitrary: clause }, { weight: 2, arbitrary: fc.tuple(tie("filter"), fc.constantFrom(" AND ", " and ", " OR "), tie("filter")).map(([a, joint, b]) => `(${a})${joint}${b}`) }),
}));
const field = fc.constantFrom("metrics.m1", "metrics.`m 2`", "metrics.rare", "metrics.none", "params.p1", "params.`p 2`", "tags.t1", "start_time", "end_time", "duration", "run_name", "attributes.status", "run_id");
const order = fc.uniqueArray(field, { maxLength: 2 }).chain((fields) => fc.tuple(...fields.map((name) => fc.constantFrom(`${name} ASC`, `${name} DESC`, name))));
const effort: fc.Arbitrary<WalkEffort> = fc.record({ maxSet: fc.constantFrom(0, 40, 20_000), testedPerRun: fc.constantFrom(1, 20), minTested: fc.constantFrom(1, 7, 60, 2_000) });
const tuning: fc.Arbitrary<SearchTuning> = fc.record({ maxFetched: fc.constantFrom(0, 10, 500), maxMerged: fc.constantFrom(0, 1, 8), quick: effort, thorough: effort });
const experiments = fc.constantFrom([1], [2], [1, 2], [1, 2, 77]);
const stage = fc.constantFrom("active" as const, "deleted" as const, "all" as const);

const expected = (text: string | undefined, numbers: readonly number[], chosenStage: string): PlainRun[] => {
  const parsed = parseFilter(text);
  return runs.filter((run) => numbers.includes(run.experiment) && (chosenStage === "all" || run.stage === chosenStage) && (!parsed || matches(run, parsed)));
};

describe("runs that are searched", () => {
  test("are those that match, in order, page by page, whichever way they are found", async () => {
    await fc.assert(fc.asyncProperty(fc.option(filter, { nil: undefined }), order, tuning, experiments, stage, fc.constantFrom(1_000, 7, 30), async (text, entries, way, numbers, chosenStage, limit) => {
      const query = { experiments: numbers, filter: parseFilter(text), order: parseOrder(entries), stage: chosenStage };
      const wanted = inOrder(expected(text, numbers, chosenStage), query.order).map(idOf);
      const found: string[] = [];
      for (let after: Position | undefined; ; ) {
        const page = await findRuns(deps.db, here.workspace.id, query, { after, limit }, way);
        found.push(...page.map(idOf));
        if (page.length < limit || found.length > wanted.length) break;
        after = page.at(-1)?.position;
      }
      expect(found).toEqual(wanted);
    }), { numRuns: 250 });
  }, 240_000);

  test("are counted", async () => {
    await fc.assert(fc.asyncProperty(filter, experiments, stage, async (text, numbers, chosenStage) => {
      const query = { experiments: numbers, filter: parseFilter(text), stage: chosenStage };
      const wanted = expected(text, numbers, chosenStage).length;
      expect(await countFoundRuns(deps.db, here.workspace.id, query, 10_000)).toBe(wanted);
      expect(await countFoundRuns(deps.db, here.workspace.id, query, 5)).toBe(Math.min(5, wanted));
    }), { numRuns: 60 });
  }, 120_000);

  test.each([
    ["runs.a > 1", [], "Invalid entity type 'runs'", "runs"],
    ["lifecycle = 'x'", [], "Invalid attribute key 'lifecycle'", "lifecycle"],
    ["metrics.a LIKE 'x'", [], "Invalid comparator 'LIKE'", "LIKE"],
    ["metrics.a > '1'", [], "Expected numeric value", "'1'"],
    ["metrics.a = 'NaN'", [], "Expected numeric value", "'NaN'"],
    ["metrics.a IN ('1')", [], "Invalid comparator 'IN'", "IN"],
    ["params.a > 'x'", [], "Invalid comparator '>'", ">"],
    ["params.a = 1", [], "Expected a quoted string value", "1"],
    ["dataset.source = 'x'", [], "Invalid dataset key 'source'", "dataset.source"],
    ["tags.constructor.x = 'a' OR constructor = 'a'", [], "Invalid attribute key 'constructor'", "constructor = 'a'"],
    ["status = 'x' AND end_time LIKE '1'", [], "Invalid comparator 'LIKE'", "LIKE"],
    ["", ["dataset.name"], "can't be ordered", "dataset.name"],
    ["", ["metrics.a", "metric.a DESC"], "duplicate", "metric.a"],
    ["", ["start_time", "attribute.Created"], "duplicate", "attribute.Created"],
    ["", ["nothing"], "Invalid attribute key", "nothing"],
  ])("are refused for %j %j", async (text, orderBy, message, where) => {
    const search = searchRuns(here, { experimentIds: ["1"], filter: text, viewType: "ACTIVE_ONLY", orderBy, limit: 10, token: undefined });
    await expect(search).rejects.toMatchObject({ kind: "invalid", message: expect.stringContaining(message) as string });
    const error = (await search.catch((thrown: unknown) => thrown)) as { message: string; details: { at: number } };
    const source = orderBy.find((entry) => entry.startsWith(where)) ?? text;
    expect(source.slice(error.details.at).startsWith(where)).toBe(true);
  });

  test("of another workspace stay there", async () => {
    const own = await searchRuns(here, { experimentIds: ["1", "2"], filter: undefined, viewType: "ALL", orderBy: ["metrics.m1"], limit: 1_000, token: undefined });
    const other = await searchRuns(there, { experimentIds: ["1", "2"], filter: undefined, viewType: "ALL", orderBy: ["metrics.m1"], limit: 1_000, token: undefined });
    expect([own.runs.length, other.runs.length]).toEqual([220, 60]);
    const ids = new Set(own.runs.map(idOf));
    expect(other.runs.some(({ runId }) => ids.has(runId))).toBe(false);
    const [first] = runs;
    expect((await searchRuns(there, { experimentIds: ["1", "2"], filter: `run_id = '${first?.runId ?? ""}'`, viewType: "ALL", orderBy: [], limit: 10, token: undefined })).runs).toEqual([]);
  });

  test("come with what they hold", async () => {
    const { runs: found } = await searchRuns(here, { experimentIds: ["1", "2"], filter: undefined, viewType: "ALL", orderBy: [], limit: 1_000, token: undefined });
    for (const { runId, metrics, params, tags, inputs } of found) {
      const plain = runs.find((run) => run.runId === runId);
      const read = (text: string) => new Map((JSON.parse(text) as { key: string; value: string }[]).map(({ key, value }) => [key, value]));
      expect(new Map([...read(metrics)].map(([key, value]) => [key, Number(value)]))).toEqual(plain?.metrics);
      expect(read(params)).toEqual(plain?.params);
      expect(read(tags)).toEqual(plain?.tags);
      expect(inputs.map(({ dataset }) => dataset.name).sort()).toEqual(plain?.datasets.map(({ name }) => name).sort());
    }
  });

  test("tell which keys they use", async () => {
    const of = (kind: "metrics" | "params" | "tags"): string[] => [...new Set(runs.filter(({ experiment }) => experiment === 1).flatMap((run) => [...run[kind].keys()]))].sort();
    expect(await listRunKeyNames(here, 1, 100)).toEqual({ metrics: of("metrics"), params: of("params"), tags: of("tags") });
    expect((await listRunKeyNames(here, 1, 1)).params).toHaveLength(1);
    expect(await listRunKeyNames(here, 99, 10)).toEqual({ metrics: [], params: [], tags: [] });
  });
});
