import { describe, expect, it } from "vitest";

import { axisOf, formatBrushes, parseBrushes, passes, positionOn } from "@/components/tracking/compare/axes";
import { chooseAxes, chooseColumns } from "@/components/tracking/compare/choices";
import { differenceRows } from "@/components/tracking/compare/differences";
import { imageAt, imageSets } from "@/components/tracking/compare/images";
import { differenceTo, digitsFor, leaderOf, numberIn, type Row } from "@/components/tracking/compare/numbers";
import { formatSlots, parseSlots, runsIn, toggleRun } from "@/components/tracking/compare/slots";
import { baselineOf, leadOf, mainMetric, noLeadWords } from "@/components/tracking/compare/summary";
import { styleOfSlot } from "@/components/tracking/metrics/run-style";
import type { ComparedRun } from "@/lib/tracking";

const id = (digit: string): string => digit.repeat(32);
const row = (name: string, metrics: Row["metrics"], params: Row["params"] = {}): Row => ({ runId: name, experiment: 0, name, status: "FINISHED", stage: "active", userName: "Mara", startedAt: null, endedAt: null, childCount: 0, versions: [], metrics, params, tags: {} });

describe("places of runs", () => {
  const slots = parseSlots(`${id("a")},${id("b")},,${id("c")}`);
  it("keep their colours when another run leaves, and are filled again", () => {
    const left = toggleRun(slots, id("a"));
    expect(formatSlots(left)).toBe(`,${id("b")},,${id("c")}`);
    expect(left.indexOf(id("c"))).toBe(slots.indexOf(id("c")));
    expect(toggleRun(left, id("d")).indexOf(id("d"))).toBe(0);
    expect(runsIn(toggleRun(slots, id("d")))).toEqual([id("a"), id("b"), id("d"), id("c")]);
  });
  it("drop what is no run, doubles, and empty ends", () => {
    expect(parseSlots(`x,${id("a")},${id("a")},,`)).toEqual([undefined, id("a")]);
    expect(parseSlots(Array.from({ length: 60 }, (_, index) => index.toString(16).padStart(32, "0")).join(",")).length).toBe(50);
  });
  it("look different from each other", () => {
    const looks = Array.from({ length: 50 }, (_, slot) => styleOfSlot(slot)).map(({ color, dash, marker }) => `${color} ${dash} ${marker}`);
    expect(new Set(looks).size).toBe(50);
  });
});

describe("who leads", () => {
  const baseline = row("base", { "val/auc": 0.801, p95_ms: 5.6 });
  const best = row("best", { "val/auc": 0.812, p95_ms: 9.1 });
  it("is the best by the metric, with its difference and its price", () => {
    const lead = leadOf([baseline, best, row("other", { "val/auc": 0.81 })], baseline, "val/auc", true);
    expect(lead?.leader).toBe(best);
    expect(lead?.text).toBe("leads: val/auc +0.0110 over the baseline, for p95_ms +3.50.".replace("0.0110", "0.011"));
  });
  it("may be the baseline itself", () => {
    expect(leadOf([baseline, best], baseline, "p95_ms", false)?.text).toBe(", the baseline, leads with p95_ms 5.60; no compared run is lower.");
  });
  it("is nobody without a number", () => {
    expect(leadOf([row("a", { auc: "NaN" })], undefined, "auc", true)).toBeUndefined();
    expect(leadOf([], undefined, "auc", true)).toBeUndefined();
    expect(leaderOf([row("a", { auc: "NaN" }), row("b", { auc: 1 }), row("c", { auc: "Infinity" })], "auc", true)?.name).toBe("b");
  });
  it("says when others are level", () => expect(leadOf([baseline, best, row("twin", { "val/auc": 0.812 })], baseline, "val/auc", true)?.text).toContain("level with 1 more"));
  it("is nobody to compare with when a run stands alone", () => expect(leadOf([best], best, "val/auc", true)?.text).toBe("stands alone with val/auc 0.812: take more runs in below."));
  it("is judged by what all have, validation before training, scores before losses", () => {
    expect(mainMetric([row("a", { "train/acc": 1, "val/loss": 1, "val/acc": 1 }), row("b", { "train/acc": 1, "val/loss": 1, "val/acc": 1 })])).toBe("val/acc");
    expect(mainMetric([row("a", { "val/acc": 1, loss: 1 }), row("b", { loss: 2 })])).toBe("loss");
    expect(mainMetric([row("a", { acc: "NaN" })])).toBeUndefined();
  });
});

describe("the baseline", () => {
  const rows = [row("none", { loss: 1 }), row("diverged", { auc: "NaN", loss: 2 }), row("first", { auc: 0.8 }), row("second", { auc: 0.9 })];
  it("is the chosen run, whatever it has", () => expect(baselineOf(rows, "none", "auc")?.name).toBe("none"));
  it("is else the first that has a number for the metric", () => {
    expect(baselineOf(rows, undefined, "auc")?.name).toBe("first");
    expect(baselineOf(rows, "gone", "auc")?.name).toBe("first");
    expect(baselineOf(rows, undefined, "loss")?.name).toBe("none");
  });
  it("is else the first, and that no run has the metric is said", () => {
    expect(baselineOf(rows, undefined, "f1")?.name).toBe("none");
    expect(baselineOf(rows, undefined, undefined)?.name).toBe("none");
    expect(baselineOf([], undefined, "auc")).toBeUndefined();
    expect(noLeadWords(rows, "f1")).toBe("None of these 4 runs has a number for f1: choose another metric in the table, or other runs.");
    expect(noLeadWords([row("a", {})], undefined)).toBe("This run has no metric with a number, so there is nothing to judge by.");
    expect(noLeadWords(rows, "auc")).toBeUndefined();
    expect(noLeadWords([], "auc")).toBeUndefined();
  });
});

describe("numbers", () => {
  it("read texts that are numbers, and no others", () => expect(["0.1", " 1e-3 ", "-5", ".5", "1.", "0x10", "", "1,5", "NaN", "None"].map(numberIn)).toEqual([0.1, 0.001, -5, 0.5, 1, undefined, undefined, undefined, undefined, undefined]));
  it("tell differences and which side is better", () => {
    expect(differenceTo(row("a", { loss: 1 }), row("b", { loss: 0.5 }), "loss", false)).toEqual({ by: -0.5, isBetter: true });
    expect(differenceTo(row("a", { loss: 1 }), row("b", { loss: 1 }), "loss", false)).toEqual({ by: 0, isBetter: undefined });
    expect(differenceTo(row("a", { loss: "NaN" }), row("b", { loss: 1 }), "loss", false)).toBeUndefined();
    expect(differenceTo(undefined, row("b", { loss: 1 }), "loss", false)).toBeUndefined();
  });
  it("have as many figures as tell them apart", () => expect([digitsFor([0.812, 0.801]), digitsFor([1, 2]), digitsFor([0.81234, 0.81235]), digitsFor([0.071, 0.072345]), digitsFor([9.1, 5.6])]).toEqual([3, 0, 4, 3, 2]));
});

describe("axes and brushes", () => {
  const rows = [row("a", { auc: 0.8 }, { lr: "0.001", kind: "x" }), row("b", { auc: 0.9 }, { lr: "0.5", kind: "y" }), row("c", {}, { lr: "0.01" })];
  it("are logarithmic where numbers span a hundredfold, words where they are none", () => {
    expect(axisOf("params.lr", rows)).toMatchObject({ kind: "number", isLog: true, from: 0.001, to: 0.5 });
    expect(axisOf("params.kind", rows)).toMatchObject({ kind: "words", words: ["x", "y"] });
    expect(axisOf("metrics.auc", rows)).toMatchObject({ kind: "number", isLog: false });
    expect(positionOn(axisOf("params.kind", rows), rows[2] ?? row("", {}))).toBeUndefined();
  });
  it("leave out what lies outside or holds nothing", () => {
    const axes = [axisOf("metrics.auc", rows), axisOf("params.kind", rows)];
    const inside = (brushes: string) => rows.filter((one) => passes(parseBrushes(brushes), axes, one)).map(({ name }) => name);
    expect(inside("")).toEqual(["a", "b", "c"]);
    expect(inside("metrics.auc:0.85:1")).toEqual(["b"]);
    expect(inside("metrics.auc:0:1;params.kind:0:0")).toEqual(["a"]);
  });
  it("live in the address, whatever a name holds", () => {
    expect(parseBrushes(formatBrushes({ "metrics.a:b": [0.25, 2], "params.k": [-1, 0] }))).toEqual({ "metrics.a:b": [0.25, 2], "params.k": [-1, 0] });
    expect(parseBrushes("metrics.a:2:1;tags.x:0:1;nonsense")).toEqual({});
  });
  it("open with what differs, the result last", () => {
    const given = [row("a", { "val/auc": 0.8, loss: 1 }, { lr: "0.1", kind: "x", same: "1" }), row("b", { "val/auc": 0.9, loss: 2 }, { lr: "0.2", kind: "y", same: "1" })];
    expect(chooseAxes(given, "val/auc")).toEqual(["params.lr", "params.kind", "metrics.loss", "metrics.val/auc"]);
    expect(chooseColumns(given, "val/auc", false)).toEqual(["metrics.val/auc", "metrics.loss", "params.kind", "params.lr"]);
    expect(chooseColumns(given, "val/auc", true)).toContain("params.same");
  });
});

describe("differences", () => {
  const run = (runId: string, more: Partial<ComparedRun>): ComparedRun => ({ runId, experiment: 0, name: runId, status: "FINISHED", stage: "active", userName: "", startedAt: null, endedAt: null, metrics: [], params: [], tags: [], datasets: [], models: 0, versions: [], ...more });
  it("stand by name, with what a run lacks", () => {
    const [params, datasets, tags] = differenceRows([
      run("a", { params: [{ key: "lr", value: "1" }, { key: "k", value: "x" }], datasets: [{ name: "d", digest: "1", context: "training" }, { name: "c", digest: "2", context: "training" }], tags: [{ key: "mlflow.runName", value: "a" }] }),
      run("b", { params: [{ key: "lr", value: "1" }] }),
    ]);
    expect(params?.rows).toEqual([{ key: "k", values: ["x", undefined], differs: true }, { key: "lr", values: ["1", "1"], differs: false }]);
    expect(datasets?.rows).toEqual([{ key: "training", values: ["c (2), d (1)", undefined], differs: true }]);
    expect(tags?.rows).toEqual([]);
  });
});

describe("images", () => {
  const image = (runId: string, key: string, step: number | null, path = `${runId}${key}${step}`) => ({ runId, path, key, step, at: null, size: 1 });
  it("are found at the step or before it", () => {
    const [set] = imageSets([image("a", "s", 0), image("a", "s", 5), image("b", "s", 2), image("a", "only.png", null)]);
    if (!set) throw new Error("no set");
    expect(set).toMatchObject({ key: "s", runs: 2, steps: [0, 2, 5] });
    expect([imageAt(set, "a", 4)?.step, imageAt(set, "b", 0)?.step, imageAt(set, "a", 5)?.step]).toEqual([0, undefined, 5]);
  });
});
