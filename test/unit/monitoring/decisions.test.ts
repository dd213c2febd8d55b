import { describe, expect, test } from "vitest";

import { readAnswers, joinAnswers, readFeatureRows } from "@/lib/monitoring/answers";
import { performanceDelta } from "@/lib/monitoring/apply-labels";
import { judgeWindow } from "@/lib/monitoring/judge";
import { type IncidentAct, type IncidentState, moveIncident } from "@/lib/monitoring/machine";
import { decidePersistence, type Look } from "@/lib/monitoring/persistence";
import { addPerformance, emptyProfile, mergeProfiles, type Profile } from "@/lib/monitoring/profiles";
import { rollUp } from "@/lib/monitoring/roll-up";
import { grainFor } from "@/lib/monitoring/rules";
import { createLcg } from "@/lib/stats";

const now = new Date("2026-11-20T12:00:00Z");
const later = (minutes: number): Date => new Date(now.getTime() + minutes * 60_000);

describe("incident machine", () => {
  const states: IncidentState[] = [
    { status: "open", resolution: null, mutedUntil: null },
    { status: "acknowledged", resolution: null, mutedUntil: null },
    { status: "open", resolution: null, mutedUntil: later(5) },
    { status: "resolved", resolution: "cleared", mutedUntil: null },
  ];
  const acts: IncidentAct[] = [{ type: "acknowledge" }, { type: "mute", until: later(60) }, { type: "unmute" }, { type: "resolve", resolution: "rollback" }];
  test.each(states.flatMap((state) => acts.map((act) => ({ state, act }))))("$state.status × $act.type keeps the rules", ({ state, act }) => {
    const move = moveIncident(state, act, now);
    if (state.status === "resolved") { expect(move).toMatchObject({ ok: false, code: "incident.resolved" }); return; }
    if (!move.ok) throw new Error(move.reason);
    expect(move.state.resolution === null).toBe(move.state.status !== "resolved");
    if (act.type === "mute" || act.type === "unmute") expect(move.state.status).toBe(state.status);
    // Doing it twice changes nothing more.
    if (move.state.status !== "resolved") expect(moveIncident(move.state, act, now)).toMatchObject({ ok: true, changed: false });
  });
  test.each([[later(-1), "incident.mute_past"], [later(31 * 24 * 60), "incident.mute_long"]])("mute until %s is refused", (until, code) => {
    expect(moveIncident({ status: "open", resolution: null, mutedUntil: null }, { type: "mute", until }, now)).toMatchObject({ ok: false, code });
  });
});

describe("persistence", () => {
  const look = (minute: number, ratio: number | null, status: Look["status"] = ratio !== null && ratio >= 1 ? "WARNING" : "OK"): Look => ({ windowStart: later(minute), status, ratio, violated: status === "WARNING" });
  const rule = { violationsToOpen: 2, windowsLookedAt: 3 };
  const few = (minute: number) => look(minute, null, "INSUFFICIENT");
  test.each([
    ["one over", [look(0, 2), look(1, 0.1)], false, "none"],
    ["two of three", [look(0, 2), look(1, 0.1), look(2, 2)], false, "open"],
    ["two of four", [look(0, 2), look(1, 0.1), look(2, 0.1), look(3, 2)], false, "none"],
    ["too few rows lie between", [look(0, 2), few(1), few(2), few(3), look(4, 2)], false, "open"],
    ["any order", [look(2, 2), look(0, 2), look(1, 0.1)], false, "open"],
    ["still over", [look(0, 2), look(1, 2)], true, "see"],
    ["near its limit", [look(0, 0.79), look(1, 0.81)], true, "none"],
    ["one quiet window", [look(0, 2), look(1, 0.1)], true, "none"],
    ["two quiet windows", [look(0, 2), look(1, 0.1), look(2, 0.79)], true, "clear"],
    ["quiet, but too few rows", [look(0, 2), look(1, 0.1), few(2)], true, "none"],
  ] as const)("%s", (_, looks, hasIncident, expected) => {
    expect(decidePersistence(looks, rule, { hasIncident, since: null })).toBe(expected);
  });
  test("what was resolved by a person or a rollback is not opened again by the same windows", () => {
    const looks = [look(0, 2), look(1, 2), look(5, 2)];
    expect(decidePersistence(looks, rule, { hasIncident: false, since: later(2) })).toBe("none");
    expect(decidePersistence([...looks, look(6, 2)], rule, { hasIncident: false, since: later(2) })).toBe("open");
  });
  test("whatever came before, a window beyond its limit among the newest never clears", () => {
    const random = createLcg(3);
    for (let run = 0; run < 500; run += 1) {
      const looks = Array.from({ length: 8 }, (_, i) => look(i, random() * 2));
      const act = decidePersistence(looks, rule, { hasIncident: true, since: null });
      if (looks.slice(-2).some((item) => item.violated)) expect(act).not.toBe("clear");
      else expect(act === "clear").toBe(looks.slice(-2).every((item) => (item.ratio ?? 0) < 0.8));
    }
  });
});

describe("answers", () => {
  const label = (data: unknown[]) => ({ name: "label", datatype: "INT64", shape: [data.length], data });
  const scores = { name: "probabilities", datatype: "FP32", shape: [1, 3], data: [0.2, 0.7, 0.1] };
  test.each([
    ["class and its probability", { outputs: [label([1]), scores] }, { predicted: "1", score: 0.7 }],
    ["a class that is not the likeliest", { outputs: [label([2]), scores] }, { predicted: "2", score: 0.1 }],
    ["probabilities alone", { outputs: [scores] }, { predicted: "1", score: 0.7 }],
    ["text class", { outputs: [{ name: "y", datatype: "BYTES", shape: [1, 1], data: ["cat"] }] }, { predicted: "cat", score: null }],
    ["nested data", { outputs: [{ ...scores, data: [[0.2, 0.7, 0.1]] }] }, { predicted: "1", score: 0.7 }],
    ["a real number", { outputs: [{ name: "y", datatype: "FP32", shape: [1], data: [3.5] }] }, { predicted: null, score: 3.5 }],
    ["several rows", { outputs: [label([1, 2])] }, { predicted: '["1","2"]', score: null }],
    ["hidden outputs", { outputs: [{ ...label([1]), data: null, redacted: true }] }, { predicted: null, score: null }],
    ["a shape that does not fit", { outputs: [{ ...scores, shape: [1, 4] }] }, { predicted: null, score: null }],
    ["nothing", undefined, { predicted: null, score: null }],
  ])("%s", (_, body, expected) => {
    expect(joinAnswers(readAnswers(body))).toEqual(expected);
  });
  test("redacted columns are left out, others are read by place", () => {
    const columns: unknown[][] = [[], [], []];
    const features = [0, 1, 2].map((index) => ({ name: `f${index}`, input: "X", index }));
    expect(readFeatureRows({ inputs: [{ name: "X", datatype: "FP32", shape: [2, 3], data: [1, null, 3, 4, null, 6], redacted: [1] }] }, features, columns)).toBe(2);
    expect(columns).toEqual([[1, 4], [], [3, 6]]);
  });
});

describe("verdicts", () => {
  const profile = (patch: Partial<Profile>): Profile => ({ ...emptyProfile(), ...patch });
  const performance = { kind: "performance" as const, params: { metric: "accuracy" as const, line: 0.9, confidence: 0.95 } };
  const labelled = (n: number, correct: number): Profile => profile({ requests: n, performance: { n, correct, confusion: {}, delay: {} } });
  const base = { minRows: 100, reference: null, hasVersion: true };
  test.each([
    ["no data", null, "NO_DATA", false],
    ["too few", labelled(99, 0), "INSUFFICIENT", false],
    ["well above", labelled(200, 195), "OK", false],
    ["below, but could be above", labelled(200, 178), "WARNING", false],
    ["wholly below", labelled(200, 150), "CRITICAL", true],
  ])("accuracy: %s", (_, given, status, violated) => {
    expect(judgeWindow({ ...base, rule: performance, profile: given })).toMatchObject({ status, violated });
  });
  const errors = { kind: "error_rate" as const, params: { limit: 0.01, confidence: 0.95 } };
  test.each([[0, "OK", false], [3, "WARNING", false], [20, "CRITICAL", true]])("%i errors of 200", (count, status, violated) => {
    expect(judgeWindow({ ...base, rule: errors, profile: profile({ requests: 200, errors: count }) })).toMatchObject({ status, violated });
  });
  test("without a reference drift says so, and is no health", () => {
    expect(judgeWindow({ ...base, rule: { kind: "drift", params: { measure: "psi", limit: 0.2, alpha: 0.001 } }, profile: profile({ requests: 500 }) })).toMatchObject({ status: "NO_DATA", value: null, reason: expect.stringContaining("no pinned reference") as string });
  });
});

describe("sums", () => {
  test("a correction moves one count and leaves no trace; merging is associative and has an identity", () => {
    const before = { at: now, predicted: "3", label: null, loss: null } as never;
    const row = (value: string) => ({ value, labelledAt: now }) as never;
    const first = performanceDelta({ before, label: row("3"), loss: 0 });
    const corrected = performanceDelta({ before: { ...(before as object), label: "3", loss: 0 } as never, label: row("5"), loss: 1 });
    expect(addPerformance(first, corrected)).toMatchObject({ n: 1, correct: 0, confusion: { 5: { 3: 1 } } });
    const part = (n: number): Profile => ({ ...emptyProfile(), requests: n, latency: { 10: n }, counts: { rejected: 1, features: {}, predictions: { [n % 3]: n }, otherPredictions: 0 } });
    const [a, b, c] = [part(1), part(2), part(3)];
    expect(mergeProfiles(mergeProfiles(a, b), c)).toEqual(mergeProfiles(a, mergeProfiles(b, c)));
    expect(mergeProfiles(emptyProfile(), a)).toEqual(a);
  });
  test.each([[60, 10, 10], [60, 90, 30], [60, 300, 60], [10, 300, 10], [60, 50, 10]])("grain %i with windows of %i s is %i", (grain, length, expected) => {
    expect(grainFor(grain, length)).toBe(expected);
  });
});

test("an endpoint is a warning only by an incident; one loud window is not news", () => {
  const monitor = { name: "Inputs", status: "WARNING" as const, isEnabled: true, latest: null, nextEvaluationAt: now.toISOString(), minRows: 300 };
  expect(rollUp("digits", [monitor], [])).toMatchObject({ status: "OK" });
  expect(rollUp("digits", [monitor], [{ severity: "WARNING", title: "Inputs of digits drifted" }])).toMatchObject({ status: "WARNING", title: "Inputs of digits drifted" });
  expect(rollUp("digits", [], [])).toMatchObject({ status: "NO_DATA" });
  expect(rollUp("digits", [{ ...monitor, status: "STALE" }], [])).toMatchObject({ status: "STALE" });
});
