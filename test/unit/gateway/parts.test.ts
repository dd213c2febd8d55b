import { mkdtempSync, writeFileSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import pino from "pino";
import { expect, test } from "vitest";

import { TokenCache } from "@/workers/gateway/auth";
import { KeptFile } from "@/workers/gateway/kept-file";
import { bisect } from "@/workers/gateway/log/bisect";
import { splitTuples, TupleWriter } from "@/workers/gateway/log/copy-binary";
import { diskState } from "@/workers/gateway/log/disk";
import type { Batch } from "@/workers/gateway/log/encode";
import { BodySampler } from "@/workers/gateway/log/sampling";
import { SpillFile } from "@/workers/gateway/log/spill";
import type { GrantAnswer } from "@/workers/gateway/messages";
import { formatMetrics, mergeSeries, Metrics } from "@/workers/gateway/metrics";
import { toInferenceRequest, toPredictions } from "@/workers/gateway/mlflow-scoring";
import { parseTarget } from "@/workers/gateway/paths";
import { newPredictionId } from "@/workers/gateway/prediction-id";
import { findRequestId } from "@/workers/gateway/request-id";
import { ScoringError } from "@/workers/gateway/scoring-error";
import { Sheds } from "@/workers/gateway/sheds";

const folder = mkdtempSync(path.join(tmpdir(), "gateway-unit-"));
const silent = pino({ level: "silent" });

test.each([
  ["/w/a/b/v2/models/m/infer", { kind: "infer", endpoint: "a/b/m" }],
  ["/w/a/b/v2/models/m/infer?x=1", { kind: "infer", endpoint: "a/b/m" }],
  ["/w/a/b/v2/models/m/infer/", { kind: "infer", endpoint: "a/b/m" }],
  ["/v2/models/m/infer", { kind: "infer", endpoint: "default/production/m" }],
  ["/v2/models/m%20n", { kind: "metadata", endpoint: "default/production/m n" }],
  ["/v2/models/m/ready", { kind: "ready", endpoint: "default/production/m" }],
  ["/endpoints/m/invocations", { kind: "invocations", endpoint: "default/production/m" }],
  ["/w/a/b/endpoints/m/invocations", { kind: "invocations", endpoint: "a/b/m" }],
  ["/v2", { kind: "server" }],
  ["/v2/health/live", { kind: "live" }],
  ["/v2/health/ready", { kind: "server-ready" }],
  ["/metrics", { kind: "metrics" }],
  ["/w/a/b/v2/health/live", { kind: "unknown" }],
  ["/v2/models/m/versions/1/infer", { kind: "unknown" }],
  ["/v2/models//infer", { kind: "unknown" }],
  ["/v2/models/a%2Fb/infer", { kind: "unknown" }],
  ["/v2/models/%ff/infer", { kind: "unknown" }],
  ["/w/a", { kind: "unknown" }],
  ["*", { kind: "unknown" }],
])("parses %s", (target, expected) => expect(parseTarget(target)).toEqual(expected));

test.each([
  ['{"id":"a","inputs":[]}', "a"],
  ['{ "inputs": [{"name": "id", "data": ["\\"id\\"", "}"]}], "id" : "o\\u00e9\\"x" }', 'oé"x'],
  ['{"inputs":[{"id":"inner"}]}', null],
  ['{"id":7}', null],
  ['{"id":""}', null],
  [`{"id":"${"a".repeat(300)}"}`, null],
  ['{"x":"id","y":1}', null],
  ['{"id":"cut', null],
  ["[]", null],
])("finds the client's id in %s", (body, id) => expect(findRequestId(Buffer.from(body))).toBe(id));

test("a prediction id is a UUIDv7 of its time", () => {
  const id = newPredictionId(1_795_000_000_123);
  expect(id.wire).toMatch(/^prd_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  expect(id.bytes.readUIntBE(0, 6)).toBe(1_795_000_000_123);
  const fractions = Array.from({ length: 20_000 }, () => newPredictionId(1).fraction);
  expect(Math.abs(fractions.reduce((sum, one) => sum + one, 0) / 20_000 - 0.5)).toBeLessThan(0.02);
});

test("keeps all bodies up to the rate, then about the rate, and the same ones for both legs", () => {
  const sampler = new BodySampler(50);
  let kept = 0;
  for (let second = 0; second < 10; second += 1) for (let index = 0; index < 40; index += 1) if (sampler.keeps(0.99, second * 1000 + index * 25)) kept += 1;
  expect(kept).toBe(400);
  const perSecond = [];
  for (let second = 10; second < 20; second += 1) {
    let here = 0;
    for (let index = 0; index < 2_000; index += 1) if (sampler.keeps((index * 0.618034) % 1, second * 1000 + index / 2)) here += 1;
    perSecond.push(here);
  }
  expect(perSecond[0]).toBeLessThan(300);
  for (const here of perSecond.slice(1)) expect(Math.abs(here - 50)).toBeLessThanOrEqual(3);
  for (let second = 22; second < 24; second += 1) expect(sampler.keeps(0.99, second * 1000)).toBe(true);
});

test("bodies go before rows when the disk fills", () => {
  expect([diskState(0.5), diskState(0.09), diskState(0.04)].map((state) => [state.allowsBodies, state.allowsRows])).toEqual([[true, true], [false, true], [false, false]]);
});

const tuple = (key: number, last: number): Buffer => {
  const writer = new TupleWriter(1);
  writer.tuple(4);
  writer.time(0);
  writer.bytes(Buffer.from([key >> 8, key & 255]));
  writer.text("stable");
  writer.flag(last === 1);
  return Buffer.from(writer.take());
};

test("bisecting keeps every good row, drops a bad call's body, and unmarks a call whose body is bad", async () => {
  const calls = Array.from({ length: 300 }, (_unused, key) => tuple(key, 1));
  const bodies = Array.from({ length: 300 }, (_unused, key) => tuple(key, 0));
  const badCalls = new Set([7, 250]);
  const badBodies = new Set([7, 100]);
  const keyOf = (part: Buffer): number => part.readUInt16BE(2 + 12 + 4);
  const kept = await bisect({ calls: Buffer.concat(calls), bodies: Buffer.concat(bodies) }, (part) =>
    Promise.resolve(!splitTuples(part.calls).some((one) => badCalls.has(keyOf(one))) && !splitTuples(part.bodies).some((one) => badBodies.has(keyOf(one)))),
  );
  const goodCalls = splitTuples(kept.calls);
  expect(goodCalls.map(keyOf)).toEqual(calls.map(keyOf).filter((key) => !badCalls.has(key)));
  expect(splitTuples(kept.bodies).map(keyOf)).toEqual(bodies.map(keyOf).filter((key) => !badCalls.has(key) && !badBodies.has(key)));
  expect(kept.lostBodies).toBe(3);
  expect(goodCalls.filter((one) => one.at(-1) === 0).map(keyOf)).toEqual([100]);
});

const batch = (number: number): Batch => ({ id: `id-${number}`, gatewayId: "g", process: 1, number, rows: 1, dropped: 0, bodiesDropped: 0, firstAtMs: 1, lastAtMs: 1, calls: tuple(number, 1), bodies: Buffer.alloc(0) });

test("a spilled log is read back in order, survives its writer, stays in its bound and ends before a torn record", async () => {
  const file = path.join(folder, "a.spill");
  const spill = new SpillFile(file, 1_000);
  for (let number = 1; number <= 3; number += 1) expect(await spill.append(batch(number))).toBe(true);
  while (await spill.append(batch(9)));
  expect(spill.bytes).toBeLessThanOrEqual(1_000);
  await spill.close();
  const whole = readFileSync(file);
  writeFileSync(file, whole.subarray(0, whole.length - 3));
  const heir = new SpillFile(file, 1_000);
  await heir.adopt();
  const numbers: number[] = [];
  for (let next = await heir.peek(); next; next = await heir.peek()) {
    numbers.push(next.batch.number);
    expect(next.batch.calls.equals(tuple(next.batch.number, 1))).toBe(true);
    await heir.drop(next.size);
  }
  expect(numbers.slice(0, 3)).toEqual([1, 2, 3]);
  expect(heir.bytes).toBeGreaterThan(0);
  await heir.remove();
});

test("a kept file is taken whole or not at all", async () => {
  const file = path.join(folder, "kept.json");
  const kept = new KeptFile(file, silent);
  expect(await kept.read()).toBeUndefined();
  await kept.write("routes");
  expect(await kept.read()).toBe("routes");
  writeFileSync(file, readFileSync(file, "utf8").replace("routes", "roots!"));
  expect(await kept.read()).toBeUndefined();
});

test("translates MLflow's scoring forms, and says what is wrong with others", () => {
  const one = [{ name: "x", datatype: "FP32", shape: [-1, 2] }];
  const two = [{ name: "a", datatype: "FP32", shape: [-1, 1] }, { name: "b", datatype: "INT64", shape: [-1, 1] }];
  const translate = (document: unknown, specs = one): unknown => JSON.parse(toInferenceRequest(Buffer.from(JSON.stringify(document)), specs).toString());
  const expected = { inputs: [{ name: "x", shape: [2, 2], datatype: "FP32", data: [1, 2, 3, 4] }] };
  expect(translate({ inputs: [[1, 2], [3, 4]] })).toEqual(expected);
  expect(translate({ instances: [[1, 2], [3, 4]] })).toEqual(expected);
  expect(translate({ inputs: { x: [[1, 2], [3, 4]] } })).toEqual(expected);
  expect(translate({ dataframe_split: { columns: ["p", "q"], data: [[1, 2], [3, 4]] } })).toEqual(expected);
  expect(translate({ dataframe_records: [{ p: 1, q: 2 }, { p: 3, q: 4 }] })).toEqual(expected);
  expect(translate({ dataframe_split: { columns: ["b", "a"], data: [[5, 6]] } }, two)).toEqual({ inputs: [{ name: "a", shape: [1, 1], datatype: "FP32", data: [6] }, { name: "b", shape: [1, 1], datatype: "INT64", data: [5] }] });
  for (const wrong of [[1], {}, { inputs: [[1], [2, 3]] }, { inputs: 5 }, { inputs: { y: [1] } }]) expect(() => translate(wrong)).toThrow(ScoringError);
  expect(() => translate({ inputs: [[1]] }, [])).toThrow(ScoringError);
  expect(toPredictions(Buffer.from("oops"))).toBeUndefined();
  const answer = { outputs: [{ name: "label", shape: [2], data: [3, 4] }, { name: "p", shape: [2, 2], data: [0.1, 0.9, 0.8, 0.2] }] };
  expect(JSON.parse(String(toPredictions(Buffer.from(JSON.stringify(answer)))))).toEqual({ predictions: [{ label: 3, p: [0.1, 0.9] }, { label: 4, p: [0.8, 0.2] }] });
});

test("merges the metrics of processes and prints them for Prometheus", () => {
  const [one, two] = [new Metrics(), new Metrics()];
  for (const metrics of [one, two]) {
    metrics.counter("requests_total", "Requests.", { arm: 'a"b' }).add(2);
    metrics.histogram("seconds", "Time.").observe(0.003);
    metrics.gauge("snapshot_revision", "Revision.", () => (metrics === one ? 5 : 4));
  }
  const text = formatMetrics(mergeSeries([one.collect(), two.collect()]));
  expect(text).toContain('requests_total{arm="a\\"b"} 4');
  expect(text).toContain('seconds_bucket{le="0.0025"} 0');
  expect(text).toContain('seconds_bucket{le="0.005"} 2');
  expect(text).toContain("seconds_count 2");
  expect(text).toContain("snapshot_revision 4");
  expect(text.match(/# TYPE requests_total counter/g)).toHaveLength(1);
});

test("a crowded process sheds connections, an even pair none", () => {
  const sheds = new Sheds();
  expect(sheds.weigh(1, 30, 2)).toEqual([]);
  expect(sheds.weigh(2, 2, 2)).toEqual([{ process: 1, connections: 14 }]);
  expect(new Sheds().weigh(1, 30, 1)).toEqual([]);
});

test("tokens are asked for once, known ones outlive the database, unknown ones do not pass", async () => {
  let answer: GrantAnswer = { kind: "known", grant: { workspaceId: "w", mayPredict: true, mayReadMetrics: false, endpointIds: [], expiresAtMs: Date.now() + 60_000 } };
  let asked = 0;
  const cache = new TokenCache(() => {
    asked += 1;
    return Promise.resolve(answer);
  });
  const [first, second] = await Promise.all([cache.admit("slp_a"), cache.admit("slp_a")]);
  expect([first, second].map((grant) => grant !== null && grant !== "away" && grant.workspaceId)).toEqual(["w", "w"]);
  expect(cache.admit("slp_a")).not.toBeInstanceOf(Promise);
  expect(asked).toBe(1);
  answer = { kind: "away" };
  expect(await cache.admit("slp_b")).toBe("away");
  answer = { kind: "unknown" };
  expect(await cache.admit("slp_c")).toBeNull();
  expect(await cache.admit("slp_c")).toBeNull();
  expect(asked).toBe(3);
  answer = { kind: "known", grant: { workspaceId: "w", mayPredict: true, mayReadMetrics: false, endpointIds: [], expiresAtMs: Date.now() - 1 } };
  expect(await cache.admit("slp_d")).toBeNull();
});
