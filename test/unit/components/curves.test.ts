import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { drawCurve, makeScale, nearestIndex, spreadLabels, ticksOf, valueSpan, zoomTo } from "@/components/patterns/curve-scale";
import { acrossTicks, valueWords } from "@/components/patterns/curve-words";
import { axisScale, brushOf, nudge, rowPath } from "@/components/patterns/parallel-scale";
import type { PlotAxis } from "@/components/patterns/parallel-types";
import { gridRows, groupMetrics } from "@/components/tracking/metrics/metric-groups";
import { mergeTail, tailOf, toCsv, toLines } from "@/components/tracking/metrics/series";
import { styleOfSlot } from "@/components/tracking/metrics/run-style";
import type { MetricSeriesView, RunSeries } from "@/lib/tracking";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const plain = fc.double({ noNaN: true, min: -1e9, max: 1e9 });

describe("scales", () => {
  it("lead from a value to its pixel and back", () => {
    fc.assert(fc.property(plain, fc.double({ min: 1e-3, max: 1e6, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (from, width, share) => {
      const scale = makeScale({ from, to: from + width }, { from: 300, to: 10 });
      const value = from + width * share;
      expect(Math.abs(scale.toValue(scale.toPx(value)) - value)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(from), width));
    }));
  });
  it("give logarithms no place at or below 0, and equal steps to equal factors", () => {
    const scale = makeScale({ from: 0.01, to: 100 }, { from: 0, to: 400 }, true);
    expect([0.01, 1, 100].map(scale.toPx)).toEqual([0, 200, 400]);
    expect([scale.toPx(0), scale.toPx(-1)]).toEqual([NaN, NaN]);
  });
  it("stay finite over the widest doubles", () => {
    const span = valueSpan([-1.7e308, 1.7e308], false);
    if (!span) throw new Error("no span");
    const scale = makeScale(span, { from: 0, to: 100 });
    expect([scale.toPx(-1.7e308), scale.toPx(0), scale.toPx(1.7e308)].every((px) => px >= 0 && px <= 100)).toBe(true);
  });
  it("span every value with air around it", () => {
    fc.assert(fc.property(fc.array(finite, { minLength: 1 }), (values) => {
      const span = valueSpan(values, false);
      expect(span && span.from <= Math.min(...values) && span.to >= Math.max(...values) && span.from < span.to).toBe(true);
    }));
    expect(valueSpan([NaN, Infinity], false)).toBeUndefined();
    expect(valueSpan([-1, 0], true)).toBeUndefined();
  });
  it("put round ticks inside", () => {
    expect(ticksOf({ span: { from: 0.1, to: 99 }, isLog: false })).toEqual([20, 40, 60, 80]);
    expect(ticksOf({ span: { from: 0.009, to: 1100 }, isLog: true }, 4)).toEqual([0.01, 0.1, 1, 10, 100, 1000]);
  });
});

describe("paths", () => {
  const across = makeScale({ from: 0, to: 10 }, { from: 0, to: 100 });
  const up = makeScale({ from: 0, to: 1 }, { from: 100, to: 0 });
  it("join points and break where a value was no number", () => {
    const curve = { x: [0, 1, 2, 3], y: [0, 0.5, 1, 0] };
    expect(drawCurve(curve, across, up).path).toBe("M0 100L10 50L20 0L30 100");
    expect(drawCurve(curve, across, up, [1.5]).path).toBe("M0 100L10 50M20 0L30 100");
    expect(drawCurve(curve, across, up, [-1, 0.2, 0.4, 9]).path).toBe("M0 100M10 50L20 0L30 100");
    expect(drawCurve(curve, across, up).lone).toEqual([]);
    expect(drawCurve(curve, across, up, [0.5, 1.5]).lone).toEqual([{ x: 0, y: 100 }, { x: 10, y: 50 }]);
    expect(drawCurve(curve, across, up, [2.5]).lone).toEqual([{ x: 30, y: 100 }]);
  });
  it("break where a logarithmic axis has no place", () => {
    expect(drawCurve({ x: [0, 1, 2], y: [1, 0, 1] }, across, makeScale({ from: 0.1, to: 10 }, { from: 100, to: 0 }, true)).path).toBe("M0 50M20 50");
  });
});

describe("pointing", () => {
  it("finds the nearest place", () => {
    fc.assert(fc.property(fc.array(plain, { minLength: 1 }), plain, (given, wanted) => {
      const places = given.toSorted((a, b) => a - b);
      const found = places[nearestIndex(places, wanted)] ?? NaN;
      expect(Math.abs(found - wanted)).toBe(Math.min(...places.map((place) => Math.abs(place - wanted))));
    }));
    expect(nearestIndex([], 1)).toBe(-1);
  });
  it("zooms in order, inside what there is, and never to everything", () => {
    expect(zoomTo(8, 2, { from: 0, to: 10 })).toEqual({ from: 2, to: 8 });
    expect(zoomTo(-5, 4, { from: 0, to: 10 })).toEqual({ from: 0, to: 4 });
    expect(zoomTo(-5, 40, { from: 0, to: 10 })).toBeUndefined();
    expect(zoomTo(3, 3, { from: 0, to: 10 })).toBeUndefined();
  });
  it("keeps labels apart, in their order and in the frame", () => {
    fc.assert(fc.property(fc.array(fc.double({ min: -50, max: 350, noNaN: true }), { maxLength: 12 }), (wanted) => {
      const placed = spreadLabels(wanted, 14, 0, 300);
      const sorted = placed.toSorted((a, b) => a - b);
      expect(sorted.every((px, index) => index === 0 || px - (sorted[index - 1] ?? 0) >= 14 - 1e-9)).toBe(true);
      expect(placed.every((px) => px >= -1e-9 && px <= 300 + 1e-9)).toBe(true);
    }));
  });
});

describe("words", () => {
  it.each([[0.81234, 0.01, "0.81"], [0.81234, 0.0001, "0.8123"], [1_234_567, 100_000, "1.2e6"], [0.00001, 0.00001, "1e−5"], [0, 1, "0"], [-3, 1, "−3"]])("%d at %d is %s", (value, resolution, words) => expect(valueWords(value, resolution)).toBe(words));
  it("of steps are whole numbers, of relative time in the unit that fits", () => {
    expect(acrossTicks("step", { from: 0, to: 3 }, 600, undefined).map(({ text }) => text)).toEqual(["0", "1", "2", "3"]);
    expect(acrossTicks("relative", { from: 0, to: 4 * 3_600_000 }, 400, undefined).map(({ text }) => text)).toEqual(["0 h", "1 h", "2 h", "3 h", "4 h"]);
  });
});

describe("parallel axes", () => {
  const numbers: PlotAxis = { id: "metrics.a", label: "a", kind: "number", from: 0, to: 10, isLog: false };
  const words: PlotAxis = { id: "params.b", label: "b", kind: "words", words: ["x", "y", "z"] };
  it("run from bottom to top", () => expect([0, 5, 10].map(axisScale(numbers, 0, 100).toPx)).toEqual([100, 50, 0]));
  it("brush what was dragged over, in either direction", () => {
    const scale = axisScale(numbers, 0, 100);
    expect(brushOf(scale, 80, 20)).toEqual([2, 8]);
    expect(brushOf(scale, 20, 80)).toEqual([2, 8]);
    expect(brushOf(scale, 50, 51)).toBeUndefined();
    expect(brushOf(scale, -20, 140)).toBeUndefined();
    expect(brushOf(axisScale(words, 0, 100), 100, 60)).toEqual([0, 1]);
  });
  it("move bounds by keys without crossing them; the whole axis is no brush", () => {
    const scale = axisScale(numbers, 0, 100);
    const [low = NaN, high = NaN] = nudge(scale, undefined, "low", 10) ?? [];
    expect([low, high].map((value) => Number(value.toFixed(6)))).toEqual([2, 10]);
    expect(nudge(scale, [2, 10], "low", -50)).toBeUndefined();
    expect(nudge(scale, [2, 4], "low", 50)).toEqual([4, 4]);
    expect(nudge(axisScale(words, 0, 100), undefined, "high", -1)).toEqual([0, 1]);
    expect(nudge(axisScale({ ...numbers, from: 3, to: 3 }, 0, 100), undefined, "low", 1)).toBeUndefined();
  });
  it("draw a row as one smooth way", () => expect(rowPath([0, 100], [10, 20])).toBe("M0 10C50 10 50 20 100 20"));
});

const series = (more: Partial<RunSeries>): RunSeries => ({ runId: "a", isLive: false, count: 3, isExact: true, points: { x: [0, 1, 2], y: [1, 2, 3] }, buckets: null, gaps: { x: [], kind: [], n: [] }, ...more });
const view = (all: RunSeries[]): MetricSeriesView => ({ metric: "loss", axis: "step", domain: { from: 0, to: 2 }, grid: { from: 0, width: 1 }, series: all });
const drawn = [{ runId: "a", name: "=one, \"two\"", style: styleOfSlot(0) }];

describe("curves of runs", () => {
  it("are smoothed over what stands at each place, with the logged curve behind", () => {
    const [line] = toLines(view([series({})]), drawn, 0.5);
    expect(line?.raw).toEqual({ x: [0, 1, 2], y: [1, 2, 3] });
    expect(line?.curve.y.map((value) => Number(value.toFixed(6)))).toEqual([1, 1.666667, 2.428571]);
    expect(toLines(view([series({})]), drawn, 0)[0]?.raw).toBeUndefined();
    expect(toLines(view([series({ count: 0 })]), drawn, 0)).toEqual([]);
  });
  it("become CSV in which no cell is a formula", () => {
    expect(toCsv(view([series({ gaps: { x: [5], kind: ["nan"], n: [2] } })]), drawn).split("\n").slice(0, 3)).toEqual(["run,run_id,step,points,mean,min,max", '"\'=one, ""two""",a,0,1,1,1,1', '"\'=one, ""two""",a,1,1,2,2,2']);
  });
  const bucketed = (index: number[], n: number[]): Partial<RunSeries> => ({ isLive: true, isExact: false, count: n.reduce((a, b) => a + b, 0), points: { x: index, y: index }, buckets: { index, n, x: index, mean: index, min: index, max: index } });
  it("that are live are read on from their newest bucket", () => {
    expect(tailOf(view([series(bucketed([0, 1, 2], [10, 10, 4])), series({ runId: "b" })]), 10)).toEqual({ runs: ["a"], from: 2 });
    expect(tailOf(view([series({})]), 10)).toBeUndefined();
    expect(tailOf(view([series({ isLive: true })]), 10)).toBeUndefined();
    expect(tailOf(view([series(bucketed([0, 20], [1, 1]))]), 10)).toBeUndefined();
  });
  it("take the newest buckets in the place of the old ones", () => {
    const before = view([series(bucketed([0, 1, 2], [10, 10, 4])), series({ runId: "b" })]);
    const after = mergeTail(before, { ...view([series(bucketed([2, 3], [10, 7]))]), domain: { from: 2, to: 3 } }, 2);
    expect(after.series[0]).toMatchObject({ count: 37, points: { x: [0, 1, 2, 3] }, buckets: { n: [10, 10, 10, 7] } });
    expect(after.domain).toEqual({ from: 0, to: 3 });
    expect(after.series[1]).toBe(before.series[1]);
  });
});

describe("the grid", () => {
  it("stands by prefix: plain names first, system last", () => {
    expect(groupMetrics(["system/cpu", "val/auc", "loss", "train/loss", "train/acc10", "train/acc2"], "")).toEqual([
      { prefix: "", metrics: ["loss"] },
      { prefix: "train", metrics: ["train/acc2", "train/acc10", "train/loss"] },
      { prefix: "val", metrics: ["val/auc"] },
      { prefix: "system", metrics: ["system/cpu"] },
    ]);
    expect(groupMetrics(["val/auc", "train/loss"], "LOSS tr")).toEqual([{ prefix: "train", metrics: ["train/loss"] }]);
  });
  it("breaks into rows", () => {
    expect(gridRows([{ prefix: "a", metrics: ["a/1", "a/2", "a/3"] }], 2).map(({ kind }) => kind)).toEqual(["heading", "cards", "cards"]);
  });
});
