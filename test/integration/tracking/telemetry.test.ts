import { afterAll, beforeAll, describe, expect, test } from "vitest";


import type { TestDeps } from "../../support/deps";
import { openInstallation } from "../../support/installation";
import { testContext } from "../../support/factories";
import { mlflowDoor } from "../../support/mlflow";

const token = "slp_test_administrator_0123456789";
let deps: TestDeps;
let door: string;

beforeAll(async () => {
  deps = await openInstallation(token);
  door = await mlflowDoor();
});
afterAll(() => deps.close());

type Answer = { status: number; body: Record<string, unknown> };
const call = async (path: string, body?: unknown): Promise<Answer> => {
  const response = await fetch(`${door}/api/2.0/mlflow/${path}`, { method: body === undefined ? "GET" : "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
type Run = { info: { run_id: string; run_name: string }; data: Record<"metrics" | "params" | "tags", { key: string; value: unknown; step?: number }[] | undefined> };
const newRun = async (): Promise<string> => ((await call("runs/create", { experiment_id: "0" })).body["run"] as Run).info.run_id;
const readRun = async (runId: string): Promise<Run> => (await call(`runs/get?run_id=${runId}`)).body["run"] as Run;

describe("a run that takes no more telemetry", () => {
  const metric = { key: "m", value: 1, timestamp: 1 };
  test.each<[string, string, (runId: string) => Record<string, unknown>]>([
    ["one metric", "log-metric", (run_id) => ({ run_id, ...metric })],
    ["metrics", "log-batch", (run_id) => ({ run_id, metrics: [metric, { ...metric, step: 1 }] })],
    ["a param", "log-parameter", (run_id) => ({ run_id, key: "p", value: "1" })],
    ["everything", "log-batch", (run_id) => ({ run_id, metrics: [metric], params: [{ key: "p", value: "1" }], tags: [{ key: "t", value: "1" }] })],
  ])("refuses %s: deleted, another workspace's, unknown, or not even an id", async (_, path, bodyOf) => {
    const deleted = await newRun();
    await call("runs/delete", { run_id: deleted });
    expect(await call(`runs/${path}`, bodyOf(deleted))).toMatchObject({ status: 400, body: { error_code: "INVALID_PARAMETER_VALUE", message: expect.stringContaining("must be in the 'active' state") as string } });
    const stranger = await testContext(deps);
    const foreign = "f".repeat(31) + String(Math.floor(Math.random() * 10));
    await deps.db.experiment.create({ data: { workspaceId: stranger.workspace.id, number: 0, name: "Default", artifactLocation: "x", createdAt: new Date(), updatedAt: new Date() } });
    const { seq } = await deps.db.run.create({ data: { workspaceId: stranger.workspace.id, runId: foreign, experimentNumber: 0, name: "theirs", userName: "them", status: "RUNNING", artifactUri: "x", createdAt: new Date() } });
    for (const runId of [foreign, "0".repeat(32), "'; --"]) expect(await call(`runs/${path}`, bodyOf(runId))).toMatchObject({ status: 404, body: { error_code: "RESOURCE_DOES_NOT_EXIST" } });
    expect([await deps.db.metricLatest.count({ where: { runSeq: seq } }), await deps.db.metricPoint.count({ where: { runSeq: seq } }), await deps.db.runParam.count({ where: { runSeq: seq } }), await deps.db.runTag.count({ where: { runSeq: seq } })]).toEqual([0, 0, 0, 0]);
  });
});

describe("a batch", () => {
  test("of everything is written in one piece: the last of a tag counts, the name renames, metrics of models reach the models that exist", async () => {
    const runId = await newRun();
    const { body } = await call("logged-models", { experiment_id: "0", name: "net", source_run_id: runId });
    const modelId = (body["model"] as { info: { model_id: string } }).info.model_id;
    const batch = {
      run_id: runId,
      metrics: [{ key: "b", value: "Infinity", timestamp: 2, step: 2 }, { key: "a", value: "NaN", timestamp: 1, model_id: modelId }, { key: "b", value: "-Infinity", timestamp: 3, step: 1 }, { key: "c", value: 1e300, timestamp: 1, model_id: "m-0" }],
      params: [{ key: "z", value: "" }, { key: "é \"quoted\", {braces}\\", value: "1" }],
      tags: [{ key: "t", value: "first" }, { key: "t", value: "last" }, { key: "mlflow.runName", value: "renamed" }],
    };
    batch.params[1] = { key: "é quoted", value: "a \"b\" {c,d}\\ NULL" };
    for (let time = 0; time < 3; time += 1) expect(await call("runs/log-batch", batch)).toEqual({ status: 200, body: {} });
    const { info, data } = await readRun(runId);
    expect(info.run_name).toBe("renamed");
    expect(data.metrics).toMatchObject([{ key: "a", value: "NaN" }, { key: "b", value: "Infinity", step: 2 }, { key: "c", value: 1e300 }]);
    expect(Object.fromEntries((data.params ?? []).map(({ key, value }) => [key, value]))).toEqual({ z: "", "é quoted": "a \"b\" {c,d}\\ NULL" });
    expect(Object.fromEntries((data.tags ?? []).map(({ key, value }) => [key, value]))).toEqual({ t: "last", "mlflow.runName": "renamed" });
    const model = (await call(`logged-models/${modelId}`)).body["model"] as { data: { metrics: unknown[] } };
    expect(model.data.metrics).toMatchObject([{ key: "a", value: "NaN", run_id: runId }]);
  });

  test("or a tag with an empty name leaves the run the name that it has", async () => {
    const runId = await newRun();
    await call("runs/update", { run_id: runId, run_name: "kept" });
    expect((await call("runs/set-tag", { run_id: runId, key: "mlflow.runName", value: "" })).status).toBe(200);
    expect((await call("runs/log-batch", { run_id: runId, tags: [{ key: "mlflow.runName", value: "" }, { key: "t", value: "" }] })).status).toBe(200);
    const { info, data } = await readRun(runId);
    expect([info.run_name, data.tags]).toEqual(["kept", [{ key: "mlflow.runName", value: "kept" }, { key: "t", value: "" }]]);
  });

  test("keeps steps and times exact to 64 bits", async () => {
    const runId = await newRun();
    const send = (path: string, json: string) => fetch(`${door}/api/2.0/mlflow/${path}`, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: json });
    const { body } = await call("logged-models", { experiment_id: "0", name: "net" });
    const modelId = (body["model"] as { info: { model_id: string } }).info.model_id;
    expect((await send("runs/log-metric", `{"run_id": "${runId}", "key": "m", "value": 1, "timestamp": 9007199254740993, "step": 9223372036854775807}`)).status).toBe(200);
    expect((await send("runs/log-batch", `{"run_id": "${runId}", "metrics": [{"key": "m", "value": 12345678901234567890, "timestamp": 1795201244432132765, "step": -9223372036854775808, "model_id": "${modelId}"}]}`)).status).toBe(200);
    const history = await (await fetch(`${door}/api/2.0/mlflow/metrics/get-history?run_id=${runId}&metric_key=m`, { headers: { authorization: `Bearer ${token}` } })).text();
    expect([...history.matchAll(/"timestamp":(\d+),"step":(-?\d+)/g)].map(([, time, step]) => [time, step])).toEqual([["9007199254740993", "9223372036854775807"], ["1795201244432132765", "-9223372036854775808"]]);
    expect(await deps.db.loggedModelMetric.findMany({ where: { modelId }, select: { step: true, ts: true } })).toEqual([{ step: -(2n ** 63n), ts: 1_795_201_244_432_132_765n }]);
  });

  test("with a param that was logged before with another value writes nothing of all, and says which", async () => {
    const runId = await newRun();
    await call("runs/log-parameter", { run_id: runId, key: "p'\"", value: "old" }).then(({ status }) => expect(status).toBe(400));
    await call("runs/log-parameter", { run_id: runId, key: "p", value: "old \"quoted\"" });
    const refused = await call("runs/log-batch", { run_id: runId, metrics: [{ key: "m", value: 1, timestamp: 1 }], params: [{ key: "a", value: "1" }, { key: "p", value: "new" }], tags: [{ key: "t", value: "1" }] });
    expect(refused).toMatchObject({ status: 400, body: { error_code: "INVALID_PARAMETER_VALUE", message: expect.stringContaining("Param with key='p' was already logged with value='old \"quoted\"' for run ID=") as string } });
    const { data } = await readRun(runId);
    expect([data.metrics, data.params, (data.tags ?? []).map(({ key }) => key)]).toEqual([undefined, [{ key: "p", value: "old \"quoted\"" }], ["mlflow.runName"]]);
  });

  test("beside others of other shapes on the same run deadlocks never and loses nothing", async () => {
    const runId = await newRun();
    const keys = Array.from({ length: 40 }, (_, index) => `k${index}`);
    const rotated = (by: number): string[] => [...keys.slice(by), ...keys.slice(0, by)];
    const answers = await Promise.all(Array.from({ length: 48 }, (_, writer) => {
      const metrics = rotated((writer * 7) % 40).map((key) => ({ key, value: writer, timestamp: writer, step: writer }));
      if (writer % 4 === 0) return call("runs/log-batch", { run_id: runId, metrics, tags: rotated(writer % 40).map((key) => ({ key, value: String(writer) })), params: rotated(writer % 40).map((key) => ({ key, value: "same" })) });
      if (writer % 4 === 1) return call("runs/log-metric", { run_id: runId, key: "k3", value: writer, timestamp: writer, step: writer });
      if (writer % 4 === 2) return call("runs/update", { run_id: runId, run_name: `name ${writer}` });
      return call("runs/log-batch", { run_id: runId, metrics });
    }));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const history = (await call(`metrics/get-history?run_id=${runId}&metric_key=k3`)).body["metrics"] as { step: number }[];
    expect(history.map(({ step }) => step)).toEqual(Array.from({ length: 48 }, (_, step) => step).filter((step) => step % 4 !== 2));
    expect((await readRun(runId)).data.metrics?.every(({ step }) => step === 47)).toBe(true);
  });

  test.each([1e25, -1e25, 9_223_372_036_854_775_808])("with the time or step %d, which no int64 holds, is the client's mistake", async (huge) => {
    const runId = await newRun();
    expect((await call("runs/log-metric", { run_id: runId, key: "m", value: 1, timestamp: 1, step: huge })).status).toBe(400);
    expect((await call("runs/log-metric", { run_id: runId, key: "m", value: 1, timestamp: Math.abs(huge) })).status).toBe(400);
  });
});

describe("a history", () => {
  test("comes in pages that overlap never and miss nothing, while it grows, with equal times, NaN and ±Infinity", async () => {
    const runId = await newRun();
    const points = Array.from({ length: 500 }, (_, index) => ({ key: "h/ä", value: index % 50 === 0 ? ["NaN", "Infinity", "-Infinity"][index % 3] : index / 7, timestamp: Math.floor(index / 10), step: index % 4 }));
    await call("runs/log-batch", { run_id: runId, metrics: points });
    const found: { key: string; value: number | string; timestamp: number; step: number }[] = [];
    let next: unknown;
    do {
      const { body } = await call(`metrics/get-history?run_id=${runId}&metric_key=${encodeURIComponent("h/ä")}&max_results=33${typeof next === "string" ? `&page_token=${next}` : ""}`);
      found.push(...(body["metrics"] as typeof found));
      next = body["next_page_token"];
      await call("runs/log-metric", { run_id: runId, key: "h/ä", value: -1, timestamp: 0, step: 100 + found.length });
    } while (next !== undefined);
    expect(found).toHaveLength(500);
    expect(new Set(found.map((point) => JSON.stringify(point)))).toEqual(new Set(points.map(({ key, value, timestamp, step }) => JSON.stringify({ key, value, timestamp, step }))));
    const rank = (value: number | string): number => (value === "NaN" ? Infinity : Number(value));
    const sorted = [...found].sort((a, b) => a.timestamp - b.timestamp || a.step - b.step || rank(a.value) - rank(b.value));
    expect(found.map(({ timestamp, step }) => [timestamp, step])).toEqual(sorted.map(({ timestamp, step }) => [timestamp, step]));
  });

  test("comes whole to clients that ask for no pages, however long it is", async () => {
    const runId = await newRun();
    for (let from = 0; from < 26_000; from += 1_000) await call("runs/log-batch", { run_id: runId, metrics: Array.from({ length: 1_000 }, (_, index) => ({ key: "long", value: from + index, timestamp: from + index, step: from + index })) });
    const { body } = await call(`metrics/get-history?run_id=${runId}&metric_key=long`);
    expect((body["metrics"] as { step: number }[]).map(({ step }) => step)).toEqual(Array.from({ length: 26_000 }, (_, step) => step));
    expect(Object.keys(body)).toEqual(["metrics"]);
    const page = (await call(`metrics/get-history?run_id=${runId}&metric_key=long&max_results=25000`)).body;
    expect([(page["metrics"] as unknown[]).length, typeof page["next_page_token"]]).toEqual([25_000, "string"]);
  });

  test("of no run is not found, of no metric is empty, of a token of nobody's is the client's mistake", async () => {
    const runId = await newRun();
    expect(await call(`metrics/get-history?run_id=${runId}&metric_key=none`)).toEqual({ status: 200, body: {} });
    expect((await call(`metrics/get-history?run_id=${"0".repeat(32)}&metric_key=none`)).status).toBe(404);
    for (const token of ["zzz", Buffer.from('["1","2","x"]').toString("base64url"), Buffer.from("[5]").toString("base64url"), Buffer.from('["1","2","1.2.3"]').toString("base64url")]) expect((await call(`metrics/get-history?run_id=${runId}&metric_key=m&page_token=${token}`)).status).toBe(400);
  });
});
