import { describe, expect, test } from "vitest";

import { columnOf, defaultColumns, differs, formatColumns, numericParams, parseColumns, wireColumns } from "@/components/tracking/runs/columns";
import { complete, completionsAt } from "@/components/tracking/runs/completion";
import { filterOf, findFilterProblem, isNameSearch, positionIn, sentenceOf } from "@/components/tracking/runs/filter-text";
import { linesOf } from "@/components/tracking/runs/lines";
import { readRunsState, stateFromSearch } from "@/components/tracking/runs/runs-state";
import { bestOf, durationMs, formatMetric, isHigherBetter } from "@/components/tracking/values";
import type { RunRowView } from "@/lib/tracking";

const keys = { metrics: ["loss", "system/cpu", "val_auc", "val loss"], params: ["depth", "lr"], tags: ["team"] };
const row = (runId: string, given: Partial<RunRowView> = {}): RunRowView => ({ runId, experiment: 1, name: runId, status: "FINISHED", stage: "active", userName: "mara", startedAt: null, endedAt: null, childCount: 0, versions: [], metrics: {}, params: {}, tags: {}, ...given });

describe("columns", () => {
  test("read what the URL names, each once, in the order of the groups", () => {
    const columns = parseColumns("params.lr,metrics.a.b,metrics.a.b,attributes.status,attributes.planet,nonsense,metrics.");
    expect(columns.map(({ id }) => id)).toEqual(["metrics.a.b", "params.lr", "attributes.status"]);
    expect(formatColumns(columns)).toBe("metrics.a.b,params.lr,attributes.status");
    expect(wireColumns(columns)).toEqual(["metrics.a.b", "params.lr"]);
  });
  test("sort by names with spaces in backticks", () => expect(columnOf("metrics.val loss")?.sort).toBe("metrics.`val loss`"));
  test("start with results of validation, without system metrics", () => {
    expect(defaultColumns(keys).map(({ id }) => id)).toEqual(["metrics.val_auc", "metrics.val loss", "metrics.loss", "params.depth", "params.lr", "attributes.duration", "attributes.user", "attributes.started"]);
  });
  test("start with the params that tell the runs apart, where any do", () => {
    const params = (given: string[]): string[] => defaultColumns({ ...keys, params: ["boosting", "depth", "lr"], varyingParams: given }).filter(({ group }) => group === "params").map(({ key }) => key);
    expect(params(["lr"])).toEqual(["lr"]);
    expect(params([])).toEqual(["boosting", "depth", "lr"]);
  });
  test("are at most 100", () => expect(parseColumns(Array.from({ length: 300 }, (_, index) => `metrics.m${index}`).join(","))).toHaveLength(100));
  test("differ where one row has another value, or none", () => {
    const depth = columnOf("params.depth");
    if (!depth) throw new Error("depth");
    expect(differs(depth, [row("a", { params: { depth: "1" } }), row("b", { params: { depth: "1" } })])).toBe(false);
    expect(differs(depth, [row("a", { params: { depth: "1" } }), row("b")])).toBe(true);
  });
});

test("params stand right where every value is a number", () => {
  const columns = parseColumns("params.depth,params.lr,params.none");
  expect([...numericParams(columns, [row("a", { params: { depth: "1", lr: "0.1" } }), row("b", { params: { depth: "5e3", lr: "auto" } }), row("c")])]).toEqual(["depth"]);
});

describe("the state in the URL", () => {
  const read = (search: Record<string, string>) => readRunsState(stateFromSearch(search), keys);
  test("puts children under their parents until a filter or a sort asks for runs by themselves", () => {
    expect(read({}).where).toEqual({ stage: "active", nested: "top" });
    expect(read({ q: "metrics.loss < 1" }).where).toEqual({ filter: "metrics.loss < 1", stage: "active", nested: "flat" });
    expect(read({ q: "metrics.loss < 1", view: "nested" }).where.nested).toBe("top");
    expect(read({ sort: "-metrics.loss" }).where.nested).toBe("flat");
  });
  test("reads direction, statuses, deleted ones and unknown words", () => {
    expect(read({ sort: "-metrics.loss" }).query).toMatchObject({ sort: "metrics.loss", direction: "desc" });
    expect(read({ sort: "params.lr" }).query).toMatchObject({ sort: "params.lr", direction: "asc" });
    expect(read({ status: "RUNNING,FAILED", stage: "deleted", view: "sideways" }).where).toEqual({ status: "RUNNING,FAILED", stage: "deleted", nested: "flat" });
    expect(read({ cols: "metrics.loss" }).query.column).toEqual(["metrics.loss"]);
  });
});

describe("the filter's text", () => {
  test.each([
    ["brisk-otter", "attributes.run_name ILIKE '%brisk-otter%'"],
    ["100_runs", "attributes.run_name ILIKE '%100_runs%'"],
    ["metrics.auc > 0.8", "metrics.auc > 0.8"],
    ["  ", undefined],
  ])("%s", (text, filter) => expect(filterOf(text)).toBe(filter));
  test("is whole, or says where it is not", () => {
    expect(findFilterProblem("metrics.auc > 0.8 AND params.depth = '5'")).toBeUndefined();
    expect(findFilterProblem("brisk")).toBeUndefined();
    const problem = findFilterProblem("metrics.auc > 0.8 AND > 3") ?? "";
    expect(positionIn(problem)).toBe(22);
    expect(sentenceOf(problem)).not.toMatch(/\n|at character/);
    expect(findFilterProblem("metrics.auc >")).toBeDefined();
  });
  test("of single words searches names", () => {
    expect(isNameSearch("brisk otter")).toBe(true);
    expect(isNameSearch("a or b")).toBe(false);
  });
});

describe("completion", () => {
  const at = (text: string) => completionsAt(text, text.length, keys);
  const labels = (text: string): string[] => at(text).options.map(({ label }) => label);
  test.each([
    ["", "metrics.loss"],
    ["val", "metrics.val_auc"],
    ["metrics.loss ", ">"],
    ["params.depth ", "LIKE"],
    ["metrics.loss < 1 ", "AND"],
    ["metrics.loss < 1 and de", "params.depth"],
    ["attributes.status = ", "'FINISHED'"],
    ["attributes.status = 'FAI", "'FAILED'"],
    ["(", "metrics.loss"],
    ["attributes.status IN (", "'RUNNING'"],
  ])("%s offers %s", (text, label) => expect(labels(text)).toContain(label));
  test("offers no operator of texts for a metric, and nothing inside a number", () => {
    expect(labels("metrics.loss ")).not.toContain("LIKE");
    expect(labels("metrics.loss < ")).toEqual([]);
  });
  test("puts names with spaces into backticks and the cursor behind", () => {
    const options = at("metrics.val l");
    const typed = at("val l");
    expect(options).toBeDefined();
    const option = at("val").options.find(({ label }) => label === "metrics.val loss");
    expect(option?.insert).toBe("metrics.`val loss`");
    if (!option) throw new Error("option");
    expect(complete("val", at("val"), option)).toEqual({ text: "metrics.`val loss` ", cursor: 19 });
    expect(complete("a = 1 AND lo", at("a = 1 AND lo"), { label: "metrics.loss", insert: "metrics.loss", kind: "metric" })).toEqual({ text: "a = 1 AND metrics.loss ", cursor: 23 });
    expect(typed.options.length).toBeGreaterThanOrEqual(0);
  });
});

describe("values", () => {
  test.each([[0.812, "0.8120"], [12.3456, "12.35"], [0, "0"], [1_234_567, "1\u202f234\u202f567"], [0.00001234, "1.23e−5"], ["NaN", "NaN"], ["-Infinity", "−∞"], [undefined, "—"]] as const)("%s reads %s", (value, text) => expect(formatMetric(value)).toBe(text));
  test.each([["val_auc", true], ["f1", true], ["val_loss", false], ["rmse", false], ["train/log_loss", false], ["p95 ms", false], ["accuracy", true], ["closeness", true]])("more of %s is better: %s", (key, higher) => expect(isHigherBetter(key)).toBe(higher));
  test("the best is bold only where rows differ", () => {
    expect(bestOf("loss", [row("a", { metrics: { loss: 2 } }), row("b", { metrics: { loss: 1 } }), row("c", { metrics: { loss: "NaN" } })])).toBe(1);
    expect(bestOf("auc", [row("a", { metrics: { auc: 2 } }), row("b", { metrics: { auc: 1 } })])).toBe(2);
    expect(bestOf("auc", [row("a", { metrics: { auc: 2 } }), row("b", { metrics: { auc: 2 } })])).toBeUndefined();
  });
  test("a run that ended took its time, one under way takes it until now, one that died silently has none", () => {
    const startedAt = "2026-01-01T00:00:00.000Z";
    expect(durationMs({ startedAt, endedAt: "2026-01-01T00:00:05.000Z", status: "FINISHED" }, 0)).toBe(5_000);
    expect(durationMs({ startedAt, endedAt: null, status: "RUNNING" }, Date.parse(startedAt) + 9_000)).toBe(9_000);
    expect(durationMs({ startedAt, endedAt: null, status: "FAILED" }, Date.now())).toBeNull();
  });
});

test("children stand under their parent, with a word where some are missing or on their way", () => {
  const lines = linesOf([row("p", { childCount: 3 }), row("q", { childCount: 1 })], new Map([["p", { items: [row("c")], nextCursor: null }], ["q", undefined]]));
  expect(lines.map((line) => (line.kind === "run" ? `${line.depth} ${line.row.runId}` : line.text))).toEqual(["0 p", "1 c", "2 more: open the run to see all of them", "0 q", "Reading nested runs…"]);
});
