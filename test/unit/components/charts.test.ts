import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { niceCeiling, niceTicks, timeTicks } from "@/components/patterns/chart-scale";
import { isEnd, limitWords, rowsOf, valueTicks } from "@/components/patterns/line-band-data";
import { ladderX } from "@/components/patterns/interval-bar";
import { activeEntry, navEntries, navHref } from "@/components/shell/nav";
import { withParams } from "@/components/ui/link";

describe("scales", () => {
  it("ticks enclose the values with even, few steps", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (min, span) => {
        const ticks = niceTicks(min, min + span);
        const slack = 1e-9 * (Math.abs(min) + span);
        expect(ticks[0]).toBeLessThanOrEqual(min + slack);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(min + span - slack);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(8);
      }),
    );
  });
  it("survives one value and no value", () => {
    expect(niceTicks(5, 5).length).toBeGreaterThanOrEqual(2);
    expect(niceTicks(Infinity, -Infinity)).toEqual([0, 1]);
    expect([niceCeiling(25_100), niceCeiling(0), niceCeiling(9.9)]).toEqual([30_000, 1, 10]);
  });
  it("keeps room before the end of a time axis", () => {
    const ticks = timeTicks(0, 3_600_000, 400);
    expect(ticks.at(-1)).toBe(3_600_000);
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks.at(-2) ?? 0).toBeLessThanOrEqual(3_600_000 * (1 - 96 / 400));
  });
  it("cuts ladders at the frame", () => {
    expect(ladderX(99)).toBe(100);
    expect(ladderX(-99)).toBe(0);
    expect(ladderX(1)).toBeGreaterThan(ladderX(0));
  });
});

describe("line data", () => {
  const series = [{ key: "a", name: "a", color: "stable" as const, points: [
    { atMs: 1, value: 1, low: 0.5, high: 1.5 },
    { atMs: 2, value: null },
    { atMs: 3, value: 3 },
    { atMs: 4, value: 4, estimated: true },
  ] }];
  it("keeps gaps null and never bridges them", () => {
    const rows = rowsOf(series);
    expect(rows.map((row) => row.v0)).toEqual([1, null, 3, null]);
    expect(rows.map((row) => row.e0)).toEqual([null, null, 3, 4]);
    expect(rows.map((row) => row.b0)).toEqual([[0.5, 1.5], null, null, null]);
  });
  it("dots the end and what stands alone", () => {
    expect([1, 2, 3, 4].map((at) => isEnd(series[0]?.points ?? [], at))).toEqual([true, false, false, true]);
  });
  it("has room for intervals and limits", () => {
    const ticks = valueTicks(series, [{ value: 9, label: "limit", tone: "crit", side: "above" }], false);
    expect(ticks[0]).toBeLessThanOrEqual(0.5);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(9);
  });
  it("keeps the words of a limit inside the frame", () => {
    const at = (value: number, side: "above" | "below") => limitWords({ value, side }, { bottom: 0, top: 10 }, 120);
    expect([at(5, "above"), at(10, "above"), at(9.2, "above")]).toEqual(["insideBottomLeft", "insideTopLeft", "insideTopLeft"]);
    expect([at(5, "below"), at(0, "below"), at(10, "below")]).toEqual(["insideTopLeft", "insideBottomLeft", "insideTopLeft"]);
  });
});

describe("navigation", () => {
  it("has unique keys, paths and jumps", () => {
    for (const field of ["key", "path", "jump"] as const) expect(new Set(navEntries.map((entry) => entry[field])).size).toBe(navEntries.length);
    expect(navEntries.filter((entry) => entry.phone)).toHaveLength(4);
  });
  it("finds the open page and keeps the environment where the page knows it", () => {
    expect(activeEntry("default", "/w/default/rollouts/rol_1")?.key).toBe("rollouts");
    expect(activeEntry("default", "/w/other/rollouts")).toBeUndefined();
    const hrefs = navEntries.map((entry) => navHref("a b", entry, "staging"));
    expect(hrefs).toContain("/w/a%20b/rollouts?env=staging");
    expect(hrefs).toContain("/w/a%20b/models");
  });
  it("changes one parameter and keeps the others", () => {
    expect(withParams("/p", new URLSearchParams("a=1&b=2"), { b: undefined, c: "3" })).toBe("/p?a=1&c=3");
    expect(withParams("/p", new URLSearchParams("a=1"), { a: "" })).toBe("/p");
  });
});
