import { afterAll, beforeAll, expect, test } from "vitest";

import { startScoringServer, type ScoringServer } from "../../support/scoring-server";
import { gatewayDatabase } from "./database";
import { bearer, bundleGateway, eventually, inferUrl, makeWorld, send, startGateway, type Gateway, type World } from "./support";

let database: Awaited<ReturnType<typeof gatewayDatabase>>;
let bundle: Awaited<ReturnType<typeof bundleGateway>>;
let servers: [ScoringServer, ScoringServer, ScoringServer];
let gateway: Gateway;
let world: World;

const signature = {
  inputs: [{ name: "age", kind: "tensor", datatype: "FP64", shape: [null], dimensionNames: [null] }, { name: "city", kind: "tensor", datatype: "BYTES", shape: [null], dimensionNames: [null] }],
  outputs: [{ name: "predictions", kind: "tensor", datatype: "INT64", shape: [null], dimensionNames: [null] }],
  form: "columns",
  params: ["threshold"],
};
const serve = (version: number, url: string) => {
  const key = { runtimeId_versionId: { runtimeId, versionId: world.versions[version] ?? "" } };
  const at = new Date();
  return database.db.modelServer.upsert({ where: key, create: { workspaceId: world.workspaceId, ...key.runtimeId_versionId, url, createdBy: "test", createdAt: at, updatedAt: at }, update: { url } }).then(() => database.db.$executeRaw`SELECT pg_notify('slipway_route', 'servers')`);
};
let runtimeId: string;

beforeAll(async () => {
  [database, bundle] = await Promise.all([gatewayDatabase(), bundleGateway()]);
  servers = [await startScoringServer(1), await startScoringServer(2), await startScoringServer(3)];
  world = await makeWorld(database.db, "", { signature, timeoutMs: 2_000 });
  const runtime = await database.db.runtime.update({ where: { workspaceId_name: { workspaceId: world.workspaceId, name: "onnx" } }, data: { name: "mlflow", kind: "mlflow" } });
  runtimeId = runtime.id;
  for (const [index, server] of servers.entries()) await serve(index, server.url);
  await world.route({ mirror: world.versions[2], mirrorBp: 10_000 });
  gateway = await startGateway({ main: bundle.main, port: 4162, databaseUrl: database.gatewayUrl });
});

afterAll(async () => {
  await gateway?.stop();
  for (const server of servers ?? []) await server.close();
  await database?.close();
  bundle?.remove();
});

const inferBody = JSON.stringify({ id: "c-7", inputs: [{ name: "city", shape: [2], datatype: "BYTES", data: ["x", "y"] }, { name: "age", shape: [2], datatype: "FP64", data: [1.5, "NaN"] }], parameters: { threshold: 0.2 } });
const frame = { dataframe_split: { columns: ["age", "city"], data: [[1.5, "x"]] } };
const doorUrl = (): string => `${gateway.url}/w/default/production/endpoints/score/invocations`;

type Row = { arm: string; status: number; request: string; response: string; request_id: string | null };
const readLog = () => database.db.$queryRaw<Row[]>`
  SELECT c.arm, c.status::int AS status, c.request_id, convert_from(coalesce(b.request, ''), 'UTF8') AS request, convert_from(coalesce(b.response, ''), 'UTF8') AS response
  FROM inference.call c LEFT JOIN inference.body b ON b.prediction_id = c.prediction_id AND b.at = c.at AND b.arm = c.arm ORDER BY c.at, c.arm`;

test("translates the protocol for a scoring server and back, mirrors, and logs the protocol's form", async () => {
  const answer = await send(inferUrl(gateway), { headers: bearer(world.token), body: inferBody });
  expect(answer.status, answer.body).toBe(200);
  expect(JSON.parse(answer.body)).toEqual({ model_name: "score", id: "c-7", outputs: [{ name: "predictions", shape: [2], datatype: "INT64", data: [1, 1] }] });
  expect(answer.headers).toMatchObject({ "x-slipway-version": world.names[0], "content-type": "application/json" });
  const [asked] = servers[0].asked;
  expect(asked?.body).toBe('{"dataframe_split":{"columns":["age","city"],"data":[[1.5,"x"],[NaN,"y"]]},"params":{"threshold":0.2}}');
  expect(asked?.headers.get("authorization")).toBeNull();
  await eventually(() => servers[2].asked.length === 1);
  expect(servers[2].asked[0]?.headers.get("x-shadow")).toBe("1");
  await eventually(async () => (await readLog()).length === 2);
  const [shadow, stable] = (await readLog()).sort((a, b) => a.arm.localeCompare(b.arm));
  expect(stable).toMatchObject({ arm: "stable", status: 200, request_id: "c-7", request: inferBody });
  expect(JSON.parse(stable?.response ?? "")).toMatchObject({ outputs: [{ data: [1, 1] }] });
  expect(JSON.parse(shadow?.response ?? "")).toMatchObject({ outputs: [{ name: "predictions", data: [3, 3] }] });
});

test("passes MLflow's own form through as it stands, and logs it as tensors", async () => {
  const body = JSON.stringify(frame);
  const answer = await send(doorUrl(), { headers: bearer(world.token), body });
  expect([answer.status, answer.body]).toEqual([200, '{"predictions":[1]}']);
  expect(servers[0].asked.at(-1)?.body).toBe(body);
  await eventually(async () => (await readLog()).length === 4);
  const kept = (await readLog()).filter(({ arm }) => arm === "stable").at(-1);
  expect(JSON.parse(kept?.request ?? "")).toEqual({ inputs: [{ name: "age", shape: [1], datatype: "FP64", data: [1.5] }, { name: "city", shape: [1], datatype: "BYTES", data: ["x"] }] });
  expect(JSON.parse(kept?.response ?? "")).toMatchObject({ outputs: [{ name: "predictions", datatype: "INT64", data: [1] }] });
});

test("splits between two servers by the key, and stays with a key's arm", async () => {
  await world.route({ candidate: world.versions[1], weightBp: 5_000 });
  await eventually(async () => (await send(inferUrl(gateway), { headers: { ...bearer(world.token), "x-slipway-key": "probe" }, body: inferBody })).status === 200 && servers[1].asked.length >= 0);
  const answers = new Map<string, Set<string>>();
  await eventually(async () => {
    for (let key = 0; key < 40; key += 1) {
      const { body } = await send(inferUrl(gateway), { headers: { ...bearer(world.token), "x-slipway-key": `k-${key % 20}` }, body: inferBody });
      const value = String((JSON.parse(body) as { outputs: { data: number[] }[] }).outputs[0]?.data[0]);
      answers.set(`k-${key % 20}`, (answers.get(`k-${key % 20}`) ?? new Set<string>()).add(value));
    }
    return [...answers.values()].some((values) => values.has("2"));
  });
  const seen = new Set([...answers.values()].flatMap((values) => [...values]));
  expect(seen).toEqual(new Set(["1", "2"]));
});

test("says what is wrong with a request, and passes on what the server says", async () => {
  await world.route({});
  const ask = (body: string) => send(inferUrl(gateway), { headers: bearer(world.token), body });
  const wrong = await ask('{"inputs":[{"name":"age","shape":[1],"datatype":"FP64","data":[1]}]}');
  expect([wrong.status, wrong.body]).toEqual([400, '{"error":"The input \\"city\\" is missing."}']);
  await eventually(async () => (await ask(inferBody)).headers["x-slipway-version"] === world.names[0]);
  servers[0].answerWith({ status: 400, body: '{"error_code": "BAD_REQUEST", "message": "Failed to predict."}' });
  expect(await ask(inferBody)).toMatchObject({ status: 400, body: '{"error":"Failed to predict."}' });
  const door = await send(doorUrl(), { headers: bearer(world.token), body: JSON.stringify(frame) });
  expect([door.status, JSON.parse(door.body)]).toEqual([400, { error_code: "BAD_REQUEST", message: "Failed to predict." }]);
  servers[0].answerWith({ status: 200, body: "<html>" });
  expect((await ask(inferBody)).status).toBe(502);
  servers[0].answerWith(undefined);
});

test("answers readiness and metadata of a model that tells nothing of itself", async () => {
  const read = (path: string) => send(`${gateway.url}/w/default/production/v2/models/score${path}`, { method: "GET", headers: bearer(world.token) });
  expect(JSON.parse((await read("/ready")).body)).toEqual({ name: "score", ready: true });
  expect(JSON.parse((await read("")).body)).toMatchObject({ name: "score", platform: "mlflow", inputs: [{ name: "age", datatype: "FP64", shape: [-1] }, { name: "city" }], outputs: [{ name: "predictions" }] });
});

test("follows a server to its new address, and never calls one that may not be called", async () => {
  const moved = await startScoringServer(9);
  try {
    await serve(0, moved.url);
    await eventually(async () => (await send(inferUrl(gateway), { headers: bearer(world.token), body: inferBody })).body.includes('"data":[9,9]'));
    await serve(0, "http://169.254.169.254");
    await eventually(async () => (await send(inferUrl(gateway), { headers: bearer(world.token), body: inferBody })).status === 503);
    expect(gateway.errors()).toContain("no usable address");
    await serve(0, `http://localhost:${gateway.port}`);
    expect((await send(inferUrl(gateway), { headers: bearer(world.token), body: inferBody })).status).toBe(503);
    await serve(0, "http://127.0.0.1:4169");
    await eventually(async () => (await send(inferUrl(gateway), { headers: bearer(world.token), body: inferBody })).status === 502);
  } finally {
    await moved.close();
  }
});
