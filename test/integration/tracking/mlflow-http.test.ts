import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { newId } from "@/lib/core/ids";
import { createAdminToken } from "@/lib/identity/server";

import type { TestDeps } from "../../support/deps";
import { makeWorkspace } from "../../support/factories";
import { adminToken, type Answer, type MlflowApi, openMlflowApi, type Send } from "../../support/mlflow-api";
import { digitsModel, runInspections } from "../../support/models";

let deps: TestDeps;
let send: MlflowApi["send"];
let api: MlflowApi["v2"];

beforeAll(async () => {
  ({ deps, send, v2: api } = await openMlflowApi({ env: { SLIPWAY_UPLOAD_MAX_BYTES: "1MB" } }));
});
afterAll(() => deps.close());

const artifact = (path: string, given?: Send): Promise<Answer> => send(`/api/2.0/mlflow-artifacts/artifacts/${path}`, given);

type Run = { run: { info: { run_id: string }; data: { metrics?: { key: string; value: number | string; step: number }[]; params?: { key: string; value: string }[] } } };
const newRun = async (): Promise<string> => ((await api("runs/create", { body: { experiment_id: "0", start_time: 1 } })).body as Run).run.info.run_id;
const readRun = async (runId: string): Promise<Run["run"]> => ((await api(`runs/get?run_id=${runId}`)).body as Run).run;

describe("log-batch", () => {
  test("of many writers on one run deadlocks never and loses nothing", async () => {
    const runId = await newRun();
    const keys = Array.from({ length: 60 }, (_, index) => `metric-${index}`);
    const shuffled = (seed: number): string[] => [...keys].sort((a, b) => ((a.length * 31 + seed * a.charCodeAt(a.length - 1)) % 7) - ((b.length * 17 + seed * b.charCodeAt(b.length - 1)) % 7));
    const answers = await Promise.all(Array.from({ length: 16 }, (_, writer) =>
      api("runs/log-batch", { body: { run_id: runId, metrics: shuffled(writer).map((key) => ({ key, value: writer, timestamp: 1_000 + writer, step: writer })) } })));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 16 }, () => 200));
    const { data } = await readRun(runId);
    expect(data.metrics).toHaveLength(60);
    expect(new Set(data.metrics?.map(({ step }) => step))).toEqual(new Set([15]));
    const history = (await api(`metrics/get-history?run_id=${runId}&metric_key=metric-7`)).body as { metrics: { step: number }[] };
    expect(history.metrics.map(({ step }) => step)).toEqual(Array.from({ length: 16 }, (_, step) => step));
  });

  test("of one param by two writers with two values: one wins, the other is told and writes nothing", async () => {
    const runId = await newRun();
    const answers = await Promise.all(["1", "2"].map((value) => api("runs/log-batch", { body: { run_id: runId, params: [{ key: "p", value }], metrics: [{ key: `by-${value}`, value: 1, timestamp: 1 }] } })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    const { data } = await readRun(runId);
    expect(data.params).toHaveLength(1);
    expect(data.metrics?.map(({ key }) => key)).toEqual([`by-${data.params?.[0]?.value ?? ""}`]);
  });

  test("repeated changes nothing, NaN included", async () => {
    const runId = await newRun();
    for (let time = 0; time < 3; time += 1) expect((await api("runs/log-batch", { raw: `{"run_id":"${runId}","metrics":[{"key":"odd","value":NaN,"timestamp":1}]}` })).status).toBe(200);
    const history = (await api(`metrics/get-history?run_id=${runId}&metric_key=odd`)).body;
    expect(history).toEqual({ metrics: [{ key: "odd", value: "NaN", timestamp: 1, step: 0 }] });
  });

  test.each([
    ["1001 metrics", { metrics: Array.from({ length: 1_001 }, (_, index) => ({ key: `m${index}`, value: 1, timestamp: 1 })) }, /at most 1000 metrics/],
    ["101 params", { params: Array.from({ length: 101 }, (_, index) => ({ key: `p${index}`, value: "1" })) }, /at most 100 params/],
    ["a param twice", { params: [{ key: "p", value: "1" }, { key: "p", value: "1" }] }, /Duplicate parameter keys/],
    ["a metric without a value", { metrics: [{ key: "m", timestamp: 1 }] }, /metrics\[0\]\.value/],
    ["a path as a name", { metrics: [{ key: "../m", value: 1, timestamp: 1 }] }, /Invalid value "\.\.\/m" for parameter/],
    ["a time before all time", { metrics: [{ key: "m", value: 1, timestamp: -1 }] }, /Timestamp must be a nonnegative long/],
    ["more than a megabyte", { params: [{ key: "p", value: "x".repeat(1_000_001) }] }, /larger than 1000000 bytes/],
  ])("with %s is refused as a whole", async (_, batch, message) => {
    const runId = await newRun();
    const { status, body } = await api("runs/log-batch", { body: { run_id: runId, ...batch, tags: [{ key: "t", value: "1" }] } });
    expect([status, body["error_code"]]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
    expect(body["message"]).toMatch(message);
    expect((await readRun(runId)).data.metrics ?? []).toEqual([]);
  });
});

describe("who calls", () => {
  test("by Basic with a token, and in no workspace but their own", async () => {
    const basic = `Basic ${Buffer.from(`me:${adminToken}`).toString("base64")}`;
    expect((await api("experiments/get?experiment_id=0", { headers: { authorization: basic } })).status).toBe(200);
    await makeWorkspace(deps, "strangers");
    for (const workspace of ["strangers", "missing"]) {
      expect(await api("experiments/get?experiment_id=0", { headers: { "x-mlflow-workspace": workspace } })).toMatchObject({ status: 404, body: { error_code: "RESOURCE_DOES_NOT_EXIST" } });
    }
  });

  test("without a right is refused with 403, without credentials with a challenge that browsers don't get", async () => {
    const { secret } = await createAdminToken(deps);
    await deps.db.apiToken.updateMany({ where: { name: "from the terminal" }, data: { scopes: ["runs:read"] } });
    expect(await api("runs/create", { body: { experiment_id: "0" }, headers: { authorization: `Bearer ${secret}` } })).toMatchObject({ status: 403, body: { error_code: "PERMISSION_DENIED" } });
    const nobody = await api("experiments/get?experiment_id=0", { headers: { authorization: "" } });
    expect([nobody.status, nobody.headers.get("www-authenticate")]).toEqual([401, 'Basic realm="mlflow"']);
    expect((await api("experiments/get?experiment_id=0", { headers: { authorization: "", "sec-fetch-site": "none" } })).headers.get("www-authenticate")).toBeNull();
  });
});

describe("artifacts", () => {
  test.each(["%252e%252e/x", "a%2F..%2Fb", "C:/x", "a%5Cb", "a%00b", "%2Fetc/passwd", `${"x".repeat(300)}/y`])("refuse the path %j and store nothing", async (path) => {
    expect((await artifact(path, { method: "PUT", raw: "x" })).status).toBe(400);
    expect(await deps.db.artifact.count()).toBe(0);
  });

  test("keep the bytes, the names and nothing beyond the limit", async () => {
    expect((await artifact("0/a%20b%2Bc%25.bin", { method: "PUT", raw: new Uint8Array([0, 255, 10]) })).status).toBe(200);
    expect((await send("/api/2.0/mlflow-artifacts/artifacts?path=0")).body).toEqual({ files: [{ path: "a b+c%.bin", is_dir: false, file_size: 3 }] });
    expect(await artifact("0/big", { method: "PUT", raw: Buffer.alloc(1_000_001) })).toMatchObject({ status: 413 });
    expect(await artifact("0/none")).toMatchObject({ status: 404, body: { error_code: "RESOURCE_DOES_NOT_EXIST" } });
    expect((await send("/api/2.0/mlflow-artifacts/artifacts?path=nowhere")).body).toEqual({});
    expect(await send("/api/2.0/mlflow-artifacts/mpu/create/x", { body: {} })).toMatchObject({ status: 501, body: { error_code: "NOT_IMPLEMENTED" } });
    expect((await artifact("0/a%20b%2Bc%25.bin", { method: "DELETE" })).status).toBe(200);
  });
});

describe("the registry on this door", () => {
  const register = async (name: string, file: Uint8Array): Promise<Answer> => {
    const runId = await newRun();
    await artifact(`0/${runId}/artifacts/model/model.onnx`, { method: "PUT", raw: file });
    await api("registered-models/create", { body: { name } });
    return api("model-versions/create", { body: { name, source: `runs:/${runId}/model`, run_id: runId } });
  };

  test("freezes what is registered and serves it frozen", async () => {
    const model = await digitsModel();
    const { body } = await register("frozen", model);
    expect(body).toMatchObject({ model_version: { name: "frozen", version: "1", status: "READY", current_stage: "None" } });
    const runId = (body["model_version"] as { run_id: string }).run_id;
    await artifact(`0/${runId}/artifacts/model/model.onnx`, { method: "PUT", raw: "something else" });
    const uri = String((await api("model-versions/get-download-uri?name=frozen&version=1")).body["artifact_uri"]);
    const folder = uri.replace("mlflow-artifacts:/", "");
    expect((await send(`/api/2.0/mlflow-artifacts/artifacts?path=${folder}`)).body).toEqual({ files: [{ path: "model.onnx", is_dir: false, file_size: model.length }] });
    expect(await artifact(`${folder}/model.onnx`, { method: "PUT", raw: "x" })).toMatchObject({ status: 403 });
    expect(await artifact(`${folder}/model.onnx`, { method: "DELETE" })).toMatchObject({ status: 403 });
  });

  test("says FAILED_REGISTRATION of what the inspection refused", async () => {
    await register("refused", Buffer.from("<html></html>"));
    await runInspections(deps);
    expect((await api("model-versions/get?name=refused&version=1")).body).toMatchObject({ model_version: { status: "FAILED_REGISTRATION" } });
  });

  test("leaves the alias and the stage of a production endpoint to approved promotions", async () => {
    await register("guarded", await digitsModel());
    const model = await deps.db.registeredModel.findFirstOrThrow({ where: { name: "guarded" } });
    const environment = await deps.db.environment.findFirstOrThrow({ where: { workspaceId: model.workspaceId, isProduction: true } });
    const runtime = await deps.db.runtime.findFirstOrThrow({ where: { workspaceId: model.workspaceId } });
    const now = new Date();
    await deps.db.endpoint.create({ data: { id: newId(), workspaceId: model.workspaceId, environmentId: environment.id, runtimeId: runtime.id, modelId: model.id, name: "guarded", championAlias: "champion", createdBy: "test", createdAt: now, updatedAt: now } });
    for (const [path, body] of [
      ["registered-models/alias", { name: "guarded", alias: "champion", version: "1" }],
      ["model-versions/transition-stage", { name: "guarded", version: "1", stage: "Production" }],
    ] as const) {
      const answer = await api(path, { body });
      expect([answer.status, answer.body["error_code"]]).toEqual([403, "PERMISSION_DENIED"]);
      expect(answer.body["message"]).toMatch(/request approval/i);
    }
    expect((await api("registered-models/alias", { body: { name: "guarded", alias: "challenger", version: "1" } })).status).toBe(200);
  });

  test.each([
    ["/etc/passwd", 400], ["file:///etc/passwd", 400], ["C:\\models", 400], ["mlflow-artifacts:/0/../1", 400], ["runs:/nothing/model", 404], ["models:/m-00000000000000000000000000000000", 404], ["models:/nobody/1", 404],
  ])("refuses the source %s", async (source, status) => {
    await api("registered-models/create", { body: { name: "sources" } });
    expect((await api("model-versions/create", { body: { name: "sources", source } })).status).toBe(status);
  });

  test("keeps prompts out of the list of models unless asked for", async () => {
    await api("registered-models/create", { body: { name: "greeting", tags: [{ key: "mlflow.prompt.is_prompt", value: "true" }] } });
    await api("model-versions/create", { body: { name: "greeting", source: "dummy-source", tags: [{ key: "mlflow.prompt.is_prompt", value: "true" }, { key: "mlflow.prompt.text", value: "Hello" }] } });
    const search = async (filter: string): Promise<string[]> => ((await api(`registered-models/search?filter=${encodeURIComponent(filter)}`)).body["registered_models"] as { name: string }[] | undefined ?? []).map(({ name }) => name);
    expect(await search("name LIKE 'greet%'")).toEqual([]);
    expect(await search("tags.`mlflow.prompt.is_prompt` = 'true'")).toEqual(["greeting"]);
    expect(await search("name = 'frozen' AND tag.`mlflow.prompt.is_prompt` != 'true'")).toEqual(["frozen"]);
  });
});

describe("malformed requests", () => {
  test.each<[string, string, Send, number, string]>([
    ["an unknown call", "no/such/call", {}, 404, "ENDPOINT_NOT_FOUND"],
    ["the wrong method", "runs/create", { method: "GET" }, 404, "ENDPOINT_NOT_FOUND"],
    ["broken JSON", "runs/create", { raw: "{" }, 400, "BAD_REQUEST"],
    ["a name that nests a hundred thousand levels", "experiments/create", { raw: `{"name":${"[".repeat(100_000)}${"]".repeat(100_000)}}` }, 400, "INVALID_PARAMETER_VALUE"],
    ["a param that nests a hundred thousand levels", "runs/log-batch", { raw: `{"run_id":"${"0".repeat(32)}","params":[{"key":"k","value":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}}]}` }, 400, "INVALID_PARAMETER_VALUE"],
    ["a list as the body", "runs/create", { raw: "[]" }, 400, "INVALID_PARAMETER_VALUE"],
    ["another media type", "runs/create", { raw: "a=1", headers: { "content-type": "text/plain" } }, 400, "INVALID_PARAMETER_VALUE"],
    ["a missing field", "experiments/create", { body: {} }, 400, "INVALID_PARAMETER_VALUE"],
    ["a page token of no page", "experiments/search?page_token=zzz", {}, 400, "INVALID_PARAMETER_VALUE"],
    ["too large a page", "runs/search", { body: { max_results: 50_001 } }, 400, "INVALID_PARAMETER_VALUE"],
    ["a version that is no number", "model-versions/get?name=x&version=one", {}, 400, "INVALID_PARAMETER_VALUE"],
    ["a run id that is none", "runs/get?run_id=%27%3B--", {}, 404, "RESOURCE_DOES_NOT_EXIST"],
    ["an experiment id that is none", "experiments/get?experiment_id=abc", {}, 400, "INVALID_PARAMETER_VALUE"],
    ["a filter with BETWEEN", "runs/search", { body: { experiment_ids: ["0"], filter: "metrics.a BETWEEN 1 AND 2" } }, 400, "INVALID_PARAMETER_VALUE"],
  ])("%s", async (_, path, given, status, code) => {
    const answer = await api(path, given);
    expect([answer.status, answer.body["error_code"]]).toEqual([status, code]);
  });
});
