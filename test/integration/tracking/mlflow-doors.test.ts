import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createAdminToken } from "@/lib/identity/server";

import { makeMember, makeUser, makeWorkspace } from "../../support/factories";
import { type MlflowApi, openMlflowApi, queryOf } from "../../support/mlflow-api";

let api: MlflowApi;
beforeAll(async () => {
  api = await openMlflowApi();
});
afterAll(() => api.deps.close());

const newRun = async (): Promise<string> => ((await api.v2("runs/create", { body: { experiment_id: "0" } })).body["run"] as { info: { run_id: string } }).info.run_id;
const put = (path: string, content: string): Promise<unknown> => api.send(`/api/2.0/mlflow-artifacts/artifacts/${path}`, { method: "PUT", raw: content });
type Points = { run_id: string; step: number; value: number | string; timestamp: number; key: string }[];

describe("histories of several runs", () => {
  test("are whole, in the order asked for, up to the limit", async () => {
    const [first, second] = [await newRun(), await newRun()];
    await api.v2("runs/log-batch", { body: { run_id: first, metrics: [{ key: "loss", value: 1, timestamp: 5, step: 1 }, { key: "loss", value: "NaN", timestamp: 4, step: 0 }] } });
    await api.v2("runs/log-batch", { body: { run_id: second, metrics: [{ key: "loss", value: 3, timestamp: 1, step: 0 }] } });
    const ask = async (fields: Record<string, unknown>): Promise<Points> => (await api.send(`/ajax-api/2.0/mlflow/metrics/get-history-bulk?${queryOf({ metric_key: "loss", ...fields })}`)).body["metrics"] as Points;
    expect(await ask({ run_id: [second, first] })).toEqual([
      { key: "loss", run_id: second, value: 3, timestamp: 1, step: 0 },
      { key: "loss", run_id: first, value: "NaN", timestamp: 4, step: 0 },
      { key: "loss", run_id: first, value: 1, timestamp: 5, step: 1 },
    ]);
    expect(await ask({ run_id: [second, first], max_results: 1 })).toHaveLength(1);
    expect(await ask({ run_id: ["0".repeat(32)] })).toEqual([]);
  });

  test("are thinned to the steps asked for and keep the first and last of each run", async () => {
    const [long, short] = [await newRun(), await newRun()];
    await api.v2("runs/log-batch", { body: { run_id: long, metrics: Array.from({ length: 1_000 }, (_, step) => ({ key: "acc", value: step, timestamp: step, step })) } });
    await api.v2("runs/log-batch", { body: { run_id: short, metrics: [37, 501, 613].map((step) => ({ key: "acc", value: step, timestamp: step, step })) } });
    const ask = async (fields: Record<string, unknown>): Promise<Points> => ((await api.v2(`metrics/get-history-bulk-interval?${queryOf({ run_ids: [long, short], metric_key: "acc", ...fields })}`)).body["metrics"] ?? []) as Points;
    const thinned = await ask({ max_results: 10 });
    const stepsOf = (points: Points, run: string): number[] => points.filter((point) => point.run_id === run).map(({ step }) => step);
    const kept = stepsOf(thinned, long);
    expect(kept.length).toBeGreaterThanOrEqual(10);
    expect(kept.length).toBeLessThanOrEqual(15);
    expect([kept[0], kept.at(-1)]).toEqual([0, 999]);
    expect(stepsOf(thinned, short)).toEqual(expect.arrayContaining([37, 613]));
    expect(stepsOf(await ask({ start_step: 500, end_step: 502 }), long)).toEqual([500, 501, 502]);
    expect(stepsOf(await ask({ start_step: 500, end_step: 502 }), short)).toEqual([501]);
    expect(await ask({}).then((points) => stepsOf(points, long))).toHaveLength(1_000);
    expect(await ask({ start_step: 5_000, end_step: 6_000 })).toEqual([]);
  });
});

test("datasets of experiments are listed once for each thing that they were read for", async () => {
  const dataset = { name: "iris", digest: "d1", source_type: "http", source: "{}" };
  const tagged = (context: string) => [{ dataset, tags: [{ key: "mlflow.data.context", value: context }] }];
  for (const context of ["train", "train", "eval"]) await api.v2("runs/log-inputs", { body: { run_id: await newRun(), datasets: tagged(context) } });
  const { body } = await api.send("/ajax-api/2.0/mlflow/experiments/search-datasets", { body: { experiment_ids: ["0"] } });
  expect(body).toEqual({ dataset_summaries: ["eval", "train"].map((context) => ({ experiment_id: "0", name: "iris", digest: "d1", context })) });
});

test("a run keeps the models that it read, once each", async () => {
  const { model_id: modelId } = ((await api.v2("logged-models", { body: { experiment_id: "0" } })).body["model"] as { info: { model_id: string } }).info;
  const runId = await newRun();
  for (let time = 0; time < 2; time += 1) expect((await api.v2("runs/log-inputs", { body: { run_id: runId, models: [{ model_id: modelId }] } })).status).toBe(200);
  expect((await api.v2(`runs/get?run_id=${runId}`)).body).toMatchObject({ run: { inputs: { model_inputs: [{ model_id: modelId }] } } });
});

test("a run tells its datasets in the order that they came, and its models by step, read alone and searched", async () => {
  const { experiment_id: id } = (await api.v2("experiments/create", { body: { name: "ordered" } })).body;
  const { run_id: runId } = ((await api.v2("runs/create", { body: { experiment_id: id } })).body["run"] as { info: { run_id: string } }).info;
  for (const name of ["z", "m", "a"]) await api.v2("runs/log-inputs", { body: { run_id: runId, datasets: [{ dataset: { name, digest: "d", source_type: "http", source: "{}" } }] } });
  const made: { model_id: string; step: number }[] = [];
  for (const step of [3, 1, 2, 2]) made.push({ model_id: ((await api.v2("logged-models", { body: { experiment_id: id } })).body["model"] as { info: { model_id: string } }).info.model_id, step });
  for (const model of made) await api.v2("runs/outputs", { body: { run_id: runId, models: [model] } });
  const expected = { inputs: { dataset_inputs: ["z", "m", "a"].map((name) => ({ dataset: { name } })) }, outputs: { model_outputs: [made[1], made[2], made[3], made[0]] } };
  expect((await api.v2(`runs/get?run_id=${runId}`)).body["run"]).toMatchObject(expected);
  expect((await api.v2("runs/search", { body: { experiment_ids: [id] } })).body["runs"]).toMatchObject([expected]);
});

test("values of params and tags that are too long are cut, of runs and of models", async () => {
  const given = { params: [{ key: "p", value: "x".repeat(7_000) }], tags: [{ key: "t", value: "x".repeat(9_000) }] };
  const runId = await newRun();
  await api.v2("runs/log-batch", { body: { run_id: runId, ...given } });
  const { data: run } = (await api.v2(`runs/get?run_id=${runId}`)).body["run"] as { data: { params: { value: string }[]; tags: { key: string; value: string }[] } };
  expect([run.params[0]?.value.length, run.tags.find(({ key }) => key === "t")?.value.length]).toEqual([6_000, 8_000]);
  const { data: model, info } = (await api.v2("logged-models", { body: { experiment_id: "0", ...given } })).body["model"] as { data: { params: { value: string }[] }; info: { tags: { value: string }[] } };
  expect([model.params[0]?.value.length, info.tags[0]?.value.length]).toEqual([6_000, 8_000]);
});

test("a logged model notes the versions that it became, whatever stood in the tag", async () => {
  const { model_id: modelId } = ((await api.v2("logged-models", { body: { experiment_id: "0" } })).body["model"] as { info: { model_id: string } }).info;
  await put(`0/models/${modelId}/artifacts/weights.txt`, "x");
  await api.v2(`logged-models/${modelId}/tags`, { method: "PATCH", body: { tags: [{ key: "mlflow.modelVersions", value: "not a list" }] } });
  await api.v2("registered-models/create", { body: { name: "noted" } });
  for (let time = 0; time < 2; time += 1) expect((await api.v2("model-versions/create", { body: { name: "noted", source: `models:/${modelId}`, model_id: modelId, description: String(time) } })).status).toBe(200);
  const { info } = (await api.v2(`logged-models/${modelId}`)).body["model"] as { info: { tags: { key: string; value: string }[] } };
  expect(JSON.parse(info.tags.find(({ key }) => key === "mlflow.modelVersions")?.value ?? "")).toContainEqual({ name: "noted", version: "1" });
});

test("versions that are made at once from one logged model are all noted on it", async () => {
  const { model_id: modelId } = ((await api.v2("logged-models", { body: { experiment_id: "0" } })).body["model"] as { info: { model_id: string } }).info;
  await put(`0/models/${modelId}/artifacts/weights.txt`, "x");
  const names = Array.from({ length: 6 }, (_unused, index) => `at-once-${index}`);
  for (const name of names) await api.v2("registered-models/create", { body: { name } });
  await Promise.all(names.map((name) => api.v2("model-versions/create", { body: { name, source: `models:/${modelId}`, model_id: modelId } })));
  const { info } = (await api.v2(`logged-models/${modelId}`)).body["model"] as { info: { tags: { key: string; value: string }[] } };
  const noted = JSON.parse(info.tags.find(({ key }) => key === "mlflow.modelVersions")?.value ?? "[]") as { name: string; version: string }[];
  expect(noted.map(({ name }) => name).sort()).toEqual(names);
});

test("models that 2.x clients log under a run are listed whole, however large their description", async () => {
  const runId = await newRun();
  const model = (name: string) => ({ artifact_path: name, flavors: { python_function: {} }, utc_time_created: "2026-11-20 12:00:00", run_id: runId, signature: { inputs: "x".repeat(20_000) } });
  for (const name of ["first", "second"]) expect((await api.v2("runs/log-model", { body: { run_id: runId, model_json: JSON.stringify(model(name)) } })).status).toBe(200);
  const read = async (): Promise<unknown> => JSON.parse(((await api.v2(`runs/get?run_id=${runId}`)).body["run"] as { data: { tags: { key: string; value: string }[] } }).data.tags.find(({ key }) => key === "mlflow.log-model.history")?.value ?? "");
  expect(await read()).toEqual([model("first"), model("second")]);
  await api.v2("runs/set-tag", { body: { run_id: runId, key: "mlflow.log-model.history", value: "broken" } });
  await api.v2("runs/log-model", { body: { run_id: runId, model_json: JSON.stringify(model("third")) } });
  expect(await read()).toEqual([model("third")]);
});

test("an experiment takes its runs along when it is deleted, and brings them back", async () => {
  const experiment = String((await api.v2("experiments/create", { body: { name: "cascade" } })).body["experiment_id"]);
  const runId = ((await api.v2("runs/create", { body: { experiment_id: experiment } })).body["run"] as { info: { run_id: string } }).info.run_id;
  const stage = async (): Promise<unknown> => ((await api.v2(`runs/get?run_id=${runId}`)).body["run"] as { info: { lifecycle_stage: string } }).info.lifecycle_stage;
  await api.v2("experiments/delete", { body: { experiment_id: experiment } });
  expect(await stage()).toBe("deleted");
  expect((await api.v2("runs/search", { body: { experiment_ids: [experiment] } })).body).toEqual({});
  await api.v2("experiments/restore", { body: { experiment_id: experiment } });
  expect(await stage()).toBe("active");
});

test("halves of surrogate pairs are no reason to fail, wherever they stand", async () => {
  const runId = await newRun();
  const half = "\ud800";
  const calls: [string, unknown][] = [
    ["runs/log-batch", { run_id: runId, params: [{ key: "p", value: half }], tags: [{ key: "t", value: half }] }],
    ["runs/set-tag", { run_id: runId, key: "s", value: half }],
    ["runs/create", { experiment_id: "0", run_name: half, tags: [{ key: "t", value: half }] }],
    ["runs/log-inputs", { run_id: runId, datasets: [{ dataset: { name: half, digest: "d", source_type: "s", source: half, profile: half }, tags: [{ key: half, value: half }] }] }],
    ["experiments/create", { name: half, tags: [{ key: "t", value: half }] }],
    ["logged-models", { experiment_id: "0", name: half, params: [{ key: half, value: half }], tags: [{ key: half, value: half }] }],
    ["registered-models/create", { name: `half${half}`, tags: [{ key: "t", value: half }], description: half }],
  ];
  for (const [path, body] of calls) expect((await api.v2(path, { body })).status, path).toBeLessThan(500);
  for (const filter of [`params.p = '${half}'`, `tags.t LIKE '${half}%'`]) expect((await api.v2("runs/search", { body: { experiment_ids: ["0"], filter } })).status).toBe(200);
});

describe("files by run, model and version", () => {
  test("are downloads that no browser interprets", async () => {
    const runId = await newRun();
    await put(`0/${runId}/artifacts/page%20%C3%BC.html`, "<script>alert(1)</script>");
    const answer = await api.send(`/get-artifact?run_uuid=${runId}&path=${encodeURIComponent("page ü.html")}`);
    expect([answer.status, answer.body["text"]]).toEqual([200, "<script>alert(1)</script>"]);
    expect(answer.headers.get("content-disposition")).toContain("attachment");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("content-security-policy")).toContain("sandbox");
    expect((await api.send(`/get-artifact?run_id=${runId}&path=x`, { headers: { authorization: "" } })).status).toBe(401);
  });

  test("of a logged model are listed and sent", async () => {
    const { model_id: modelId } = ((await api.v2("logged-models", { body: { experiment_id: "0" } })).body["model"] as { info: { model_id: string } }).info;
    await put(`0/models/${modelId}/artifacts/MLmodel`, "flavors: {}");
    await put(`0/models/${modelId}/artifacts/data/a.bin`, "a");
    expect((await api.v2(`logged-models/${modelId}/artifacts/directories`)).body).toMatchObject({ files: [{ path: "MLmodel", is_dir: false, file_size: 11 }, { path: "data", is_dir: true }] });
    expect((await api.v2(`logged-models/${modelId}/artifacts/directories?artifact_directory_path=data`)).body).toMatchObject({ files: [{ path: "data/a.bin", is_dir: false }] });
    expect((await api.send(`/ajax-api/2.0/mlflow/logged-models/${modelId}/artifacts/files?artifact_file_path=data/a.bin`)).body).toEqual({ text: "a" });
  });

  test("of a version are those that were frozen", async () => {
    const runId = await newRun();
    await put(`0/${runId}/artifacts/model/weights.txt`, "first");
    await api.v2("registered-models/create", { body: { name: "doors" } });
    await api.v2("model-versions/create", { body: { name: "doors", source: `runs:/${runId}/model`, run_id: runId } });
    await put(`0/${runId}/artifacts/model/weights.txt`, "second");
    expect((await api.send("/model-versions/get-artifact?name=doors&version=1&path=weights.txt")).body).toEqual({ text: "first" });
  });

  test("never stand where a folder is, nor folders where a file is, so that a run can be downloaded whole", async () => {
    const runId = await newRun();
    const send = (path: string): Promise<{ status: number; body: Record<string, unknown> }> => api.send(`/api/2.0/mlflow-artifacts/artifacts/0/${runId}/artifacts/${path}`, { method: "PUT", raw: "x" });
    expect((await send("data/part/a.txt")).status).toBe(200);
    expect((await send("notes")).status).toBe(200);
    for (const path of ["data", "data/part", "notes/a.txt", "data/part/a.txt/b/c", "data/part/"]) {
      const { status, body } = await send(path);
      expect([path, status, body["error_code"]]).toEqual([path, 400, "INVALID_PARAMETER_VALUE"]);
    }
    for (const path of ["data/part/a.txt", "data/part.txt", "data/parts/a.txt", "note", "notes.d/a"]) expect([path, (await send(path)).status]).toEqual([path, 200]);
  });

  test("of a large folder come in pages", async () => {
    const runId = await newRun();
    const workspace = await api.deps.db.workspace.findFirstOrThrow({ where: { name: "default" } });
    const now = new Date();
    await put(`0/${runId}/artifacts/many/0000.txt`, "x");
    const { sha256 } = await api.deps.db.artifact.findFirstOrThrow({ where: { path: `0/${runId}/artifacts/many/0000.txt` } });
    await api.deps.db.artifact.createMany({ data: Array.from({ length: 1_300 }, (_, index) => ({ workspaceId: workspace.id, path: `0/${runId}/artifacts/many/${String(index + 1).padStart(4, "0")}.txt`, sha256, size: 1n, mediaType: "text/plain", updatedAt: now })) });
    const page = async (token?: string): Promise<{ files: { path: string }[]; next_page_token?: string }> =>
      (await api.v2(`artifacts/list?${queryOf({ run_id: runId, path: "many", ...(token ? { page_token: token } : {}) })}`)).body as { files: { path: string }[]; next_page_token?: string };
    const first = await page();
    const second = await page(first.next_page_token);
    expect([first.files.length, second.files.length, second.next_page_token]).toEqual([1_000, 301, undefined]);
    expect(new Set([...first.files, ...second.files].map(({ path }) => path)).size).toBe(1_301);
  });
});

describe("users and permissions", () => {
  const asPerson = async (roles: Parameters<typeof makeMember>[3]): Promise<{ email: string; id: string }> => {
    const workspace = await api.deps.db.workspace.findFirstOrThrow({ where: { name: "default" } });
    const user = await makeUser(api.deps);
    await makeMember(api.deps, workspace.id, user.id, roles);
    return user;
  };

  test("tell who is a member and what the roles give", async () => {
    const [viewer, contributor, operator] = [await asPerson(["viewer"]), await asPerson(["contributor"]), await asPerson(["operator"])];
    const current = (await api.v2("users/current")).body["user"] as { username: string; is_admin: boolean };
    expect(current.is_admin).toBe(true);
    expect((await api.v2(`users/get?username=${viewer.email}`)).body).toMatchObject({ user: { username: viewer.email, is_admin: false, experiment_permissions: [{ permission: "READ" }] } });
    const level = async (email: string): Promise<unknown> => ((await api.v2(`experiments/permissions/get?${queryOf({ username: email, experiment_id: "0" })}`)).body["experiment_permission"] as { permission: string }).permission;
    expect([await level(viewer.email), await level(contributor.email), await level(operator.email)]).toEqual(["READ", "EDIT", "READ"]);
    expect((await api.v3(`users/permissions/get?${queryOf({ username: contributor.email, resource_type: "experiment", resource_id: "0" })}`)).body).toEqual({ allowed: true, permission: "EDIT" });
    const users = (await api.v2("users/list")).body["users"] as { username: string }[];
    expect(users.map(({ username }) => username)).toEqual(expect.arrayContaining([viewer.email, contributor.email]));
    expect((await api.v3(`users/permissions/list?username=${contributor.email}`)).body).toMatchObject({ is_admin: false, permissions: [{ role_name: "contributor", resource_type: "experiment", permission: "EDIT" }, { resource_type: "registered_model" }] });
  });

  test("hide strangers, things that are missing, and everything from whoever may not see members", async () => {
    const stranger = await makeUser(api.deps);
    await makeMember(api.deps, (await makeWorkspace(api.deps)).id, stranger.id, ["viewer"]);
    expect(await api.v2(`users/get?username=${stranger.email}`)).toMatchObject({ status: 404, body: { error_code: "RESOURCE_DOES_NOT_EXIST" } });
    const member = await asPerson(["viewer"]);
    expect((await api.v2(`experiments/permissions/get?${queryOf({ username: member.email, experiment_id: "777" })}`)).status).toBe(404);
    const { secret } = await createAdminToken(api.deps);
    await api.deps.db.apiToken.updateMany({ where: { name: "from the terminal" }, data: { scopes: ["runs:read"] } });
    for (const call of ["users/list", `users/get?username=${member.email}`]) expect((await api.v2(call, { headers: { authorization: `Bearer ${secret}` } })).status).toBe(403);
    expect((await api.v2("users/current", { headers: { authorization: `Bearer ${secret}` } })).status).toBe(200);
  });

  test("change by MLflow's API as far as Slipway means the same", async () => {
    const person = await asPerson(["viewer"]);
    expect((await api.v2("users/update-admin", { method: "PATCH", body: { username: person.email, is_admin: true } })).status).toBe(200);
    expect((await api.deps.db.user.findUniqueOrThrow({ where: { id: person.id } })).isAdmin).toBe(true);
    const self = ((await api.v2("users/current")).body["user"] as { username: string }).username;
    expect(await api.v2("users/delete", { method: "DELETE", body: { username: self } })).toMatchObject({ status: 400 });
    expect((await api.v2("users/delete", { method: "DELETE", body: { username: person.email } })).status).toBe(200);
    expect((await api.v2(`users/get?username=${person.email}`)).status).toBe(404);
  });

  test.each<[string, string, Record<string, unknown>, RegExp]>([
    ["POST", "users/create", { username: "a@b.c", password: "long enough to be one" }, /one-time link/],
    ["PATCH", "users/update-password", { username: "a@b.c", password: "x" }, /owner alone/],
    ["POST", "experiments/permissions/create", { experiment_id: "0", username: "a@b.c", permission: "READ" }, /roles of the workspace/],
    ["PATCH", "registered-models/permissions/update", { name: "m", username: "a@b.c", permission: "READ" }, /roles of the workspace/],
    ["DELETE", "experiments/permissions/delete", { experiment_id: "0", username: "a@b.c" }, /roles of the workspace/],
  ])("%s %s says what to do instead", async (method, call, body, message) => {
    const answer = await api.v2(call, { method, body });
    expect([answer.status, answer.body["error_code"]]).toEqual([400, "FEATURE_DISABLED"]);
    expect(answer.body["message"]).toMatch(message);
  });
});
