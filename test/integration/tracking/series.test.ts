import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Context } from "@/lib/platform/context";
import type { SeriesQuery } from "@/lib/tracking/schema-series";
import { getMetricSeries, listMetricNames } from "@/lib/tracking/service-series";
import { createRun } from "@/lib/tracking/service-create-run";
import { logBatch } from "@/lib/tracking/service-metrics";
import { updateRun } from "@/lib/tracking/service-runs";

import { type TestDeps, testDeps } from "../../support/deps";
import { testContext } from "../../support/factories";

let deps: TestDeps;
let ctx: Context;
beforeAll(async () => {
  deps = await testDeps();
  ctx = await testContext(deps, { roles: ["contributor"] });
});
afterAll(() => deps.close());

type Point = { step: number; value: number; timestamp?: number };
const startMs = 1_700_000_000_000;

const makeRun = async (points: readonly Point[], { key = "loss", startTime = startMs } = {}): Promise<string> => {
  const { runId } = await createRun(ctx, { experimentId: "0", userId: undefined, name: undefined, startTime, tags: [] });
  for (let at = 0; at < points.length; at += 1_000) {
    await logBatch(ctx, runId, { params: [], tags: [], metrics: points.slice(at, at + 1_000).map(({ step, value, timestamp }) => ({ key, step, value, timestamp: timestamp ?? startMs + 1_000 * step })) });
  }
  return runId;
};
const ask = (runs: string[], more: Partial<SeriesQuery> = {}): SeriesQuery => ({ runs, metric: "loss", axis: "step", buckets: 100, ...more });
const only = async (query: SeriesQuery) => {
  const view = await getMetricSeries(ctx, query);
  const [series] = view.series;
  if (!series) throw new Error("no series");
  return { ...view, series };
};
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const sum = (numbers: readonly number[]): number => numbers.reduce((total, value) => total + value, 0);

describe("few points", () => {
  it("come whole, in the order of steps", async () => {
    const runId = await makeRun([{ step: 5, value: 3 }, { step: 0, value: 1 }, { step: 2, value: 2 }]);
    const { series, domain } = await only(ask([runId]));
    expect(domain).toEqual({ from: 0, to: 5 });
    expect(series).toMatchObject({ runId, isLive: true, count: 3, isExact: true, buckets: null, points: { x: [0, 2, 5], y: [1, 2, 3] } });
  });
  it("count and mark what is no number, and keep the greatest doubles", async () => {
    const runId = await makeRun([{ step: 0, value: NaN }, { step: 1, value: 1.7e308 }, { step: 2, value: Infinity }, { step: 3, value: -1.7e308 }, { step: 4, value: -Infinity }]);
    const { series } = await only(ask([runId]));
    expect(series.points).toEqual({ x: [1, 3], y: [1.7e308, -1.7e308] });
    expect(series.gaps).toEqual({ x: [0, 2, 4], kind: ["nan", "inf", "-inf"], n: [1, 1, 1] });
    expect(series.count).toBe(5);
  });
  it("by relative time begin at the run's start, or at the first point when no start was told", async () => {
    const told = await makeRun([{ step: 0, value: 1, timestamp: startMs + 500 }, { step: 1, value: 2, timestamp: startMs + 900 }]);
    const untold = await makeRun([{ step: 0, value: 1, timestamp: startMs + 500 }, { step: 1, value: 2, timestamp: startMs + 900 }], { startTime: 0 });
    const view = await getMetricSeries(ctx, ask([told, untold], { axis: "relative" }));
    expect(view.series.map(({ points }) => points.x)).toEqual([[500, 900], [0, 400]]);
    expect(view.domain).toEqual({ from: 0, to: 900 });
    expect((await only(ask([told], { axis: "time" }))).series.points.x).toEqual([startMs + 500, startMs + 900]);
  });
  it("of nobody are an empty curve", async () => {
    const runId = await makeRun([{ step: 0, value: 1 }], { key: "other" });
    expect(await getMetricSeries(ctx, ask([runId]))).toMatchObject({ domain: null, series: [{ count: 0, points: { x: [], y: [] } }] });
    expect(await getMetricSeries(ctx, ask([runId], { metric: "never logged by anybody" }))).toMatchObject({ domain: null });
  });
});

describe("many points", () => {
  const wave = range(12_000).map((step) => ({ step, value: Math.sin(step / 300) + (step === 7_777 ? 50 : 0) - (step === 3_333 ? 50 : 0) }));
  let runId: string;
  beforeAll(async () => {
    runId = await makeRun([...wave, { step: 12_000, value: NaN }, { step: 12_001, value: Infinity }, { step: 12_002, value: -Infinity }]);
  });

  it.each(["step", "time", "relative"] as const)("by %s keep every extreme, first, last and the exact counts", async (axis) => {
    const { series, grid } = await only(ask([runId], { axis }));
    const { buckets } = series;
    if (!buckets) throw new Error("expected buckets");
    const scale = axis === "step" ? 1 : 1_000;
    const origin = axis === "time" ? startMs : 0;
    expect(series.isExact).toBe(false);
    expect(series.count).toBe(12_003);
    expect(sum(buckets.n)).toBe(12_000);
    expect(series.gaps.kind.toSorted()).toEqual(["-inf", "inf", "nan"]);
    expect([Math.max(...series.points.y), Math.min(...series.points.y)]).toEqual([wave[7_777]?.value, wave[3_333]?.value]);
    expect([series.points.x[0], series.points.y[0], series.points.y.at(-1)]).toEqual([origin, wave[0]?.value, wave.at(-1)?.value]);
    expect(series.points.x.every((x, at) => at === 0 || x >= (series.points.x[at - 1] ?? 0))).toBe(true);
    expect(series.points.x.length).toBeLessThanOrEqual(400);
    buckets.index.forEach((index, at) => {
      const own = wave.filter(({ step }) => Math.floor((step * scale + origin - grid.from) / grid.width) === index).map(({ value }) => value);
      expect([buckets.n[at], buckets.min[at], buckets.max[at]]).toEqual([own.length, Math.min(...own), Math.max(...own)]);
      expect(buckets.mean[at]).toBeCloseTo(sum(own) / own.length, 9);
    });
  });

  it("of a range come whole when they are few there", async () => {
    const { series } = await only(ask([runId], { from: 100.5, to: 110 }));
    expect(series).toMatchObject({ isExact: true, count: 10, points: { x: range(10).map((at) => 101 + at) } });
  });

  it("of one step are one bucket, by time they are many", async () => {
    const same = await makeRun(range(2_000).map((at) => ({ step: 0, value: at % 100, timestamp: startMs + at })));
    const byStep = await only(ask([same]));
    expect(byStep.series).toMatchObject({ isExact: false, count: 2_000, buckets: { n: [2_000], min: [0], max: [99] } });
    expect((await only(ask([same], { axis: "time" }))).series.buckets?.n.length).toBe(100);
  });

  it.each(["step", "time"] as const)("among which many are no number keep the count of each kind, by %s", async (axis) => {
    const odd = await makeRun(range(2_000).map((step) => ({ step, value: step < 40 ? NaN : step % 3 === 0 ? Infinity : step % 7 === 0 ? -Infinity : step })));
    const { series } = await only(ask([odd], { axis }));
    const finite = range(2_000).filter((step) => step >= 40 && step % 3 !== 0 && step % 7 !== 0);
    const counted = (kind: string): number => sum(series.gaps.n.filter((_, at) => series.gaps.kind[at] === kind));
    expect([sum(series.buckets?.n ?? []), counted("nan"), counted("inf"), counted("-inf")]).toEqual([finite.length, 40, range(2_000).filter((step) => step >= 40 && step % 3 === 0).length, range(2_000).filter((step) => step >= 40 && step % 3 !== 0 && step % 7 === 0).length]);
    expect([Math.min(...series.points.y), Math.max(...series.points.y), series.points.y[0], series.points.y.at(-1)]).toEqual([finite[0], finite.at(-1), finite[0], finite.at(-1)]);
  });

  it("may not be cut finer than a drawing needs", async () => {
    await expect(getMetricSeries(ctx, ask([runId], { gridFrom: 0, gridWidth: 0.001, from: 0, to: 12_000 }))).rejects.toMatchObject({ code: "series.grid_too_fine" });
  });

  it("of huge values don't overflow", async () => {
    const huge = await makeRun(range(2_000).map((step) => ({ step, value: step % 2 === 0 ? 1.7e308 : -1.7e308 })));
    const { series } = await only(ask([huge]));
    expect(series.buckets?.mean.every((mean) => mean === 0)).toBe(true);
    expect(Math.max(...series.points.y)).toBe(1.7e308);
  });

  it("of steps beyond what a double counts are drawn all the same", async () => {
    const far = await makeRun(range(1_600).map((at) => ({ step: Number.MAX_SAFE_INTEGER - at, value: at })));
    expect(sum((await only(ask([far]))).series.buckets?.n ?? [])).toBe(1_600);
  });

  it("that arrive later are put in the place of the newest buckets", async () => {
    const live = await makeRun(range(3_000).map((step) => ({ step, value: step })));
    const before = await only(ask([live]));
    const { grid } = before;
    await logBatch(ctx, live, { params: [], tags: [], metrics: range(500).map((at) => ({ key: "loss", step: 3_000 + at, value: at, timestamp: startMs })) });
    const newest = before.series.buckets?.index.at(-1) ?? 0;
    const after = await only(ask([live], { gridFrom: grid.from, gridWidth: grid.width, from: grid.from + newest * grid.width, to: Number.MAX_SAFE_INTEGER }));
    expect(after.series.isExact).toBe(false);
    expect(after.series.buckets?.index[0]).toBe(newest);
    const kept = before.series.buckets?.n.slice(0, -1) ?? [];
    expect(sum(kept) + sum(after.series.buckets?.n ?? [])).toBe(3_500);
    await updateRun(ctx, live, { status: "FINISHED", endTime: startMs, name: undefined });
    expect((await only(ask([live]))).series.isLive).toBe(false);
  });
});

describe("access", () => {
  it("ends at the workspace", async () => {
    const runId = await makeRun([{ step: 0, value: 1 }]);
    const stranger = await testContext(deps, { roles: ["maintainer"] });
    await expect(getMetricSeries(stranger, ask([runId]))).rejects.toMatchObject({ kind: "not_found" });
    await expect(listMetricNames(stranger, { runs: [runId] })).rejects.toMatchObject({ kind: "not_found" });
  });
  it("needs the right to read runs", async () => {
    const nobody = await testContext(deps, { roles: [], workspace: ctx.workspace });
    await expect(getMetricSeries(nobody, ask(["0".repeat(32)]))).rejects.toMatchObject({ kind: "forbidden" });
  });
  it("tells the names of metrics and how many runs logged each", async () => {
    const [a, b] = [await makeRun([{ step: 0, value: 1 }], { key: "val/auc" }), await makeRun([{ step: 0, value: 1 }])];
    await logBatch(ctx, a, { params: [], tags: [], metrics: [{ key: "loss", step: 0, value: 2, timestamp: 1 }] });
    expect((await listMetricNames(ctx, { runs: [a, b] })).items).toEqual([{ key: "loss", runs: 2 }, { key: "val/auc", runs: 1 }]);
  });
});
