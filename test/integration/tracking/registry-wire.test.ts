import { Agent, request as httpRequest } from "node:http";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { TestDeps } from "../../support/deps";
import { openInstallation } from "../../support/installation";
import { mlflowDoor } from "../../support/mlflow";
import { callMlflow, type MlflowAnswer, type MlflowCall } from "../../support/mlflow-call";

const token = "slp_test_administrator_0123456789";
let deps: TestDeps;
beforeAll(async () => {
  deps = await openInstallation(token);
});
afterAll(() => deps.close());

const api = (path: string, given: MlflowCall = {}): Promise<MlflowAnswer> => callMlflow(`/api/2.0/mlflow/${path}`, { token, ...given });
const source = "s3://bucket/model";
const version = async (name: string, body: Record<string, unknown> = {}): Promise<string> => {
  const answer = await api("model-versions/create", { body: { name, source, description: crypto.randomUUID(), ...body } });
  expect(answer.status, answer.text).toBe(200);
  return (answer.body["model_version"] as { version: string }).version;
};
const model = async (name: string): Promise<string> => {
  expect((await api("registered-models/create", { body: { name } })).status).toBe(200);
  return name;
};
const long = (length: number): string => "x".repeat(length);
const invalid = (message: string) => ({ status: 400, body: { error_code: "INVALID_PARAMETER_VALUE", message: expect.stringContaining(message) as string } });
const absent = (message: string) => ({ status: 404, body: { error_code: "RESOURCE_DOES_NOT_EXIST", message } });

describe("what the registry refuses", () => {
  beforeAll(async () => {
    await model("taken");
    await model("free");
    await version("taken");
  });
  test.each<[string, MlflowCall, object]>([
    ["registered-models/create", { body: { name: "taken" } }, { status: 400, body: { error_code: "RESOURCE_ALREADY_EXISTS", message: "Registered Model (name=taken) already exists." } }],
    ["registered-models/create", { body: {} }, invalid("Missing value for required parameter 'name'")],
    ["registered-models/create", { body: { name: "a/b" } }, invalid("slash")],
    ["registered-models/create", { body: { name: "a:b" } }, invalid("colon")],
    ["registered-models/create", { body: { name: "   " } }, invalid("empty")],
    ["registered-models/create", { body: { name: "t1", tags: [{ key: long(251), value: "v" }] } }, invalid("251")],
    ["registered-models/create", { body: { name: "t2", tags: [{ key: "../k", value: "v" }] } }, invalid("Invalid tag name")],
    ["registered-models/create", { body: { name: "t3", tags: [{ key: "k", value: long(100_001) }] } }, invalid("100001")],
    ["registered-models/create", { body: { name: "t4", description: long(20_001) } }, invalid("description")],
    ["registered-models/create", { body: { name: 7.5, tags: "x" } }, { status: 400 }],
    ["registered-models/get?name=nothing", {}, absent("Registered Model with name=nothing not found")],
    ["registered-models/get", {}, invalid("'name'")],
    ["registered-models/rename", { body: { name: "nothing", new_name: "x" } }, absent("Registered Model with name=nothing not found")],
    ["registered-models/rename", { body: { name: "taken", new_name: "free" } }, { status: 400, body: { error_code: "RESOURCE_ALREADY_EXISTS", message: "Registered Model (name=free) already exists." } }],
    ["registered-models/rename", { body: { name: "taken", new_name: "" } }, invalid("'new_name'")],
    ["registered-models/update", { method: "PATCH", body: { name: "nothing", description: "d" } }, absent("Registered Model with name=nothing not found")],
    ["registered-models/delete", { method: "DELETE", body: { name: "nothing" } }, absent("Registered Model with name=nothing not found")],
    ["registered-models/get-latest-versions", { body: { name: "nothing" } }, absent("Registered Model with name=nothing not found")],
    ["registered-models/get-latest-versions", { body: { name: "taken", stages: ["Nowhere"] } }, invalid("Invalid Model Version stage: Nowhere. Value must be one of None, Staging, Production, Archived.")],
    ["registered-models/search?max_results=1001", {}, invalid("max_results")],
    ["registered-models/search?max_results=0", {}, invalid("max_results")],
    ["registered-models/search?page_token=nonsense", {}, { status: 400 }],
    ["registered-models/search?filter=nonsense", {}, { status: 400 }],
    ["registered-models/set-tag", { body: { name: "taken", key: long(251), value: "v" } }, invalid("251")],
    ["registered-models/set-tag", { body: { name: "taken", key: "k", value: long(100_001) } }, invalid("100001")],
    ["registered-models/set-tag", { body: { name: "nothing", key: "k", value: "v" } }, absent("Registered Model with name=nothing not found")],
    ["registered-models/alias", { body: { name: "taken", alias: "a b", version: "1" } }, invalid("Invalid alias name: 'a b'")],
    ["registered-models/alias", { body: { name: "taken", alias: long(256), version: "1" } }, invalid("255")],
    ["registered-models/alias", { body: { name: "taken", alias: "Latest", version: "1" } }, invalid("'latest' alias name (case insensitive) is reserved.")],
    ["registered-models/alias", { body: { name: "taken", alias: "V12", version: "1" } }, invalid("Version alias name 'V12' is reserved.")],
    ["registered-models/alias", { body: { name: "taken", alias: "ok", version: "99" } }, absent("Model Version (name=taken, version=99) not found")],
    ["registered-models/alias", { body: { name: "taken", alias: "ok", version: "one" } }, invalid("must be an integer")],
    ["registered-models/alias?name=taken&alias=nobody", {}, { status: 400, body: { error_code: "INVALID_PARAMETER_VALUE", message: "Registered model alias nobody not found." } }],
    ["registered-models/alias?name=free&alias=latest", {}, absent("Latest version not found for model free.")],
    ["model-versions/create", { body: { name: "nothing", source } }, absent("Registered Model with name=nothing not found")],
    ["model-versions/create", { body: { name: "taken" } }, invalid("'source'")],
    ["model-versions/create", { body: { name: "taken", source, run_id: "abc" } }, invalid("Invalid run ID: 'abc'")],
    ["model-versions/create", { body: { name: "taken", source: "models:/taken/Production" } }, absent("No versions of model with name 'taken' and stage 'Production' found")],
    ["model-versions/create", { body: { name: "taken", source: "models:/taken/nowhere" } }, invalid("Invalid Model Version stage: nowhere")],
    ["model-versions/create", { body: { name: "taken", source: "/etc/passwd" } }, invalid("Invalid model version source")],
    ["model-versions/create", { body: { name: "taken", source: "file:///etc" } }, invalid("Invalid model version source")],
    ["model-versions/create", { body: { name: "taken", source: "relative/path" } }, invalid("Invalid model version source")],
    ["model-versions/create", { body: { name: "taken", source: "C:\\models" } }, invalid("Invalid model version source")],
    ["model-versions/create", { body: { name: "taken", source: "mlflow-artifacts:/0/../../etc" } }, invalid("Invalid model version source")],
    ["model-versions/create", { body: { name: "taken", source: "mlflow-artifacts://host/..%2f..%2fetc" } }, invalid("Invalid model version source")],
    ["model-versions/create", { body: { name: "taken", source: "s3://b/%252e%252e/x" } }, invalid("Invalid model version source")],
    ["model-versions/create", { body: { name: "taken", source: "models:/nothing/1" } }, absent("Model Version (name=nothing, version=1) not found")],
    ["model-versions/create", { body: { name: "taken", source, tags: [{ key: "k", value: long(100_001) }] } }, invalid("100001")],
    ["model-versions/create", { body: { name: "taken", source: "dummy-source", tags: [{ key: "mlflow.prompt.is_prompt", value: "true" }] } }, invalid("is a registered model")],
    ["model-versions/create", { body: { name: "taken", source: "s3://x", tags: [{ key: "mlflow.prompt.is_prompt", value: "true" }] } }, invalid("Invalid prompt source")],
    ["model-versions/get?name=taken&version=99", {}, absent("Model Version (name=taken, version=99) not found")],
    ["model-versions/get?name=nothing&version=1", {}, absent("Model Version (name=nothing, version=1) not found")],
    ["model-versions/get?name=taken&version=1.5", {}, invalid("must be an integer")],
    ["model-versions/get?name=taken", {}, invalid("'version'")],
    ["model-versions/get?name=taken&version=99999999999999999999", {}, { status: 400 }],
    ["model-versions/update", { method: "PATCH", body: { name: "taken", version: "99", description: "d" } }, absent("Model Version (name=taken, version=99) not found")],
    ["model-versions/transition-stage", { body: { name: "taken", version: "1", stage: "Nowhere" } }, invalid("Invalid Model Version stage: Nowhere")],
    ["model-versions/transition-stage", { body: { name: "taken", version: "1", stage: "Archived", archive_existing_versions: true } }, invalid("is not an Active stage")],
    ["model-versions/transition-stage", { body: { name: "taken", version: "99", stage: "Staging" } }, absent("Model Version (name=taken, version=99) not found")],
    ["model-versions/transition-stage", { body: { name: "taken", version: "1" } }, invalid("'stage'")],
    ["model-versions/transition-stage", { body: { name: "taken", version: "1", stage: "Production" } }, { status: 403, body: { error_code: "PERMISSION_DENIED", message: expect.stringMatching(/protected by the policy of production.*http:.*\/w\/default\/models\/taken\/1\?request=production/s) as string } }],
    ["registered-models/alias", { body: { name: "taken", alias: "champion", version: "1" } }, { status: 403, body: { error_code: "PERMISSION_DENIED", message: expect.stringMatching(/unverified.*http:.*\?request=production/s) as string } }],
    ["model-versions/delete", { method: "DELETE", body: { name: "taken", version: "99" } }, absent("Model Version (name=taken, version=99) not found")],
    ["model-versions/get-download-uri?name=taken&version=99", {}, absent("Model Version (name=taken, version=99) not found")],
    ["model-versions/search?max_results=200001", {}, invalid("max_results")],
    ["model-versions/set-tag", { body: { name: "taken", version: "1", key: "", value: "v" } }, invalid("'key'")],
    ["model-versions/set-tag", { body: { name: "taken", version: "99", key: "k", value: "v" } }, absent("Model Version (name=taken, version=99) not found")],
  ])("%s %#", async (path, given, expected) => {
    const { status, body } = await api(path, given);
    expect({ status, body }).toMatchObject(expected);
  });
});

describe("what the registry answers", () => {
  test("a model with its fields, tags and the newest version of each stage, without their aliases", async () => {
    await api("registered-models/create", { body: { name: "full", description: "", tags: [{ key: "team", value: "risk" }] } });
    await version("full", { run_link: "https://runs.example/1", tags: [{ key: "k", value: "" }] });
    await version("full");
    await api("model-versions/transition-stage", { body: { name: "full", version: "1", stage: "sTaGiNg" } });
    await api("registered-models/alias", { body: { name: "full", alias: "gold", version: "2" } });
    const { body } = await api("registered-models/get?name=full");
    expect(body["registered_model"]).toEqual({
      name: "full", description: "", creation_timestamp: expect.any(Number) as number, last_updated_timestamp: expect.any(Number) as number, user_id: expect.any(String) as string,
      tags: [{ key: "team", value: "risk" }], aliases: [{ alias: "gold", version: "2" }],
      latest_versions: [expect.not.objectContaining({ aliases: expect.anything() as unknown }), expect.objectContaining({ version: "1", current_stage: "Staging" })],
    });
    expect((await api("model-versions/get?name=full&version=1")).body["model_version"]).toMatchObject({ version: "1", run_link: "https://runs.example/1", tags: [{ key: "k", value: "" }], current_stage: "Staging", status: "READY", source, run_id: "" });
    expect((await api("model-versions/get?name=full&version=2")).body["model_version"]).toMatchObject({ aliases: ["gold"] });
    expect(((await api("registered-models/get-latest-versions?name=full&stages=staging")).body["model_versions"] as unknown[]).length).toBe(1);
    expect((await api("registered-models/get-latest-versions?name=full&stages=Production")).body).toEqual({});
    for (const alias of ["gold", "LATEST"]) expect((await api(`registered-models/alias?name=full&alias=${alias}`)).body["model_version"]).toMatchObject({ version: "2" });
    expect((await api("model-versions/get-download-uri?name=full&version=2")).body).toEqual({ artifact_uri: source });
  });

  test("a version of what a version, alias, stage or latest means", async () => {
    await model("staged");
    for (const run_id of ["1", "2", "3"]) await version("staged", { run_id: run_id.repeat(32) });
    await api("model-versions/transition-stage", { body: { name: "staged", version: "2", stage: "Staging" } });
    await api("registered-models/alias", { body: { name: "staged", alias: "größe", version: "1" } });
    await model("copies");
    const runs: unknown[] = [];
    for (const reference of ["staged/1", "staged@größe", "staged/staging", "staged/latest"]) {
      const { body } = await api("model-versions/create", { body: { name: "copies", source: `models:/${reference}` } });
      runs.push((body["model_version"] as { run_id: string }).run_id.slice(0, 1));
    }
    expect(runs).toEqual(["1", "1", "2", "3"]);
  });

  test("a number never twice, nothing of a deleted version, and everything under a new name", async () => {
    await model("old");
    for (const expected of ["1", "2", "3"]) expect(await version("old")).toBe(expected);
    await api("registered-models/alias", { body: { name: "old", alias: "gold", version: "3" } });
    expect((await api("model-versions/delete", { method: "DELETE", body: { name: "old", version: "3" } })).body).toEqual({});
    expect((await api("model-versions/get?name=old&version=3")).status).toBe(404);
    expect((await api("registered-models/alias?name=old&alias=gold")).status).toBe(400);
    expect(await version("old")).toBe("4");
    expect((await api("registered-models/rename", { body: { name: "old", new_name: "new" } })).body["registered_model"]).toMatchObject({ name: "new", latest_versions: [{ name: "new", version: "4" }] });
    expect((await api("registered-models/get?name=old")).status).toBe(404);
    expect((await api("registered-models/delete", { method: "DELETE", body: { name: "new" } })).body).toEqual({});
    expect((await api("model-versions/get?name=new&version=4")).status).toBe(404);
  });

  test("nothing for tags and aliases that are not there, and an alias that moves", async () => {
    await model("tags");
    await version("tags");
    await version("tags");
    for (const [path, body] of [["registered-models/delete-tag", { name: "tags", key: "none" }], ["model-versions/delete-tag", { name: "tags", version: "1", key: "none" }], ["registered-models/alias", { name: "tags", alias: "none" }]] as const) {
      expect(await api(path, { method: "DELETE", body })).toMatchObject({ status: 200, body: {} });
    }
    for (const number of ["1", "2", "2"]) expect((await api("registered-models/alias", { body: { name: "tags", alias: "gold", version: number } })).status).toBe(200);
    expect((await api("model-versions/get?name=tags&version=1")).body["model_version"]).not.toHaveProperty("aliases");
    expect((await api("registered-models/set-tag", { body: { name: "tags", key: "k" } })).status).toBe(200);
    expect((await api("registered-models/get?name=tags")).body["registered_model"]).toMatchObject({ tags: [{ key: "k", value: "" }] });
  });
});

type Sent = { status: number; body: { model_version?: { version: string } } };
/** Sends a registration over a connection of its own; with `drop`, hangs up as soon as the request is out. */
const register = async (body: unknown, { agent, headers = {}, drop = false }: { agent?: Agent; headers?: Record<string, string>; drop?: boolean } = {}): Promise<Sent> => {
  const text = JSON.stringify(body);
  const url = new URL("/api/2.0/mlflow/model-versions/create", await mlflowDoor());
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: "POST", agent: agent ?? new Agent({ keepAlive: false }), headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "content-length": Buffer.byteLength(text), ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) as Sent["body"] }));
    });
    request.on("error", (error) => (drop ? resolve({ status: 0, body: {} }) : reject(error)));
    request.end(text, () => drop && setTimeout(() => request.destroy(), 5));
  });
};
const countOf = (name: string): Promise<number> => deps.db.modelVersion.count({ where: { model: { name } } });

describe("a registration that comes twice", () => {
  test("makes one version when its answer was lost", async () => {
    await model("lost");
    const body = { name: "lost", source, tags: [{ key: "k", value: "v" }], description: "d" };
    await deps.db.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM registered_model WHERE name = 'lost' FOR UPDATE`; // so that there is no answer yet when its reader goes
      await register(body, { drop: true });
    });
    await expect.poll(() => countOf("lost")).toBe(1);
    expect(await register(body)).toMatchObject({ status: 200, body: { model_version: { version: "1" } } });
    expect(await countOf("lost")).toBe(1);
    expect(await register({ ...body, description: "another" })).toMatchObject({ body: { model_version: { version: "2" } } });
  });

  test("makes one version of an Idempotency-Key, also by eight at once, and refuses the key for another request", async () => {
    await model("keyed");
    const body = { name: "keyed", source };
    const headers = { "idempotency-key": "job-17" };
    const answers = await Promise.all(Array.from({ length: 8 }, () => register(body, { headers })));
    expect(answers.map((answer) => answer.body.model_version?.version)).toEqual(Array.from({ length: 8 }, () => "1"));
    expect(await countOf("keyed")).toBe(1);
    expect((await register({ ...body, description: "other" }, { headers })).status).toBe(422);
    expect(await register(body, { headers: { "idempotency-key": "job-18" } })).toMatchObject({ body: { model_version: { version: "2" } } });
  });

  test("makes two versions when the first answer has arrived", async () => {
    await model("again");
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const body = { name: "again", source };
    expect(await register(body, { agent })).toMatchObject({ body: { model_version: { version: "1" } } });
    expect(await register(body, { agent })).toMatchObject({ body: { model_version: { version: "2" } } });
    agent.destroy();
  });
});

test("versions are found by their number, also where it stands in quotes as MLflow allows", async () => {
  await model("numbered");
  await version("numbered");
  await version("numbered");
  for (const number of ["2", "'2'"]) {
    const { body } = await api(`model-versions/search?filter=${encodeURIComponent(`name = 'numbered' AND version_number = ${number}`)}`);
    expect(body["model_versions"]).toMatchObject([{ name: "numbered", version: "2" }]);
  }
  expect((await api(`model-versions/search?filter=${encodeURIComponent("version_number = 'two'")}`)).status).toBe(400);
});
