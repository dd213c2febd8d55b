import { connect } from "node:net";

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { gatewayDatabase } from "./database";
import {
  answerSum, bearer, bundleGateway, eventually, inferBody, inferUrl, makeWorld, readTotals, send, sleep, startGateway, startRuntime, type Behaviour, type Gateway, type Runtime, type World,
} from "./support";

let database: Awaited<ReturnType<typeof gatewayDatabase>>;
let runtime: Runtime;
let gateway: Gateway;
let world: World;
let bundle: Awaited<ReturnType<typeof bundleGateway>>;
let behaviour: Behaviour = answerSum;

beforeAll(async () => {
  [database, bundle] = await Promise.all([gatewayDatabase(), bundleGateway()]);
  runtime = await startRuntime(4361, (...args) => behaviour(...args));
  world = await makeWorld(database.db, runtime.url, { timeoutMs: 600 });
  await world.route({});
  gateway = await startGateway({ main: bundle.main, port: 4360, databaseUrl: database.gatewayUrl });
});

afterAll(async () => {
  await gateway?.stop();
  await runtime?.close();
  await database?.close();
  bundle?.remove();
});

beforeEach(() => {
  behaviour = answerSum;
  runtime.seen.length = 0;
});

const applied = async (revision: bigint): Promise<number> => {
  const startedAt = Date.now();
  await eventually(async () => {
    const rows = await database.db.gatewayProcess.findMany();
    return rows.length === 2 && rows.every((row) => row.appliedRevision >= revision);
  });
  return Date.now() - startedAt;
};

const infer = (headers: Record<string, string> = {}, body = inferBody()) => send(inferUrl(gateway), { headers: { ...bearer(world.token), ...headers }, body });

test("answers through the runtime with its version, the prediction's id, the endpoint's name and the client's id", async () => {
  const answer = await infer({}, inferBody([1, 2, 3], "order-7"));
  expect(answer.status).toBe(200);
  expect(answer.headers["x-slipway-version"]).toBe(world.names[0]);
  expect(answer.headers["x-slipway-prediction-id"]).toMatch(/^prd_[0-9a-f]{12}7[0-9a-f]{19}$/);
  expect(JSON.parse(answer.body)).toMatchObject({ model_name: "score", id: "order-7", outputs: [{ data: [6] }] });
  const [call] = runtime.seen;
  expect(call?.model).toBe(world.names[0]);
  expect(call?.headers.authorization).toMatch(/^Bearer [\w-]{43}$/);
  expect(call?.headers.authorization).not.toContain(world.token);
  expect((await send(`${gateway.url}/v2/models/score/infer`, { headers: bearer(world.token), body: inferBody() })).status).toBe(200);
});

test("splits by weight, sticks to the key, and applies a new route within 100 ms or so of its publication", async () => {
  const revision = await world.route({ candidate: world.versions[1], weightBp: 3_000 });
  expect(await applied(revision)).toBeLessThan(1_000);
  let candidates = 0;
  const byKey = new Map<string, string | undefined>();
  for (let index = 0; index < 400; index += 1) {
    const answer = await infer({ "x-slipway-key": `user-${index}` });
    byKey.set(`user-${index}`, answer.headers["x-slipway-version"] as string);
    if (answer.headers["x-slipway-version"] === world.names[1]) candidates += 1;
  }
  expect(candidates).toBeGreaterThan(80);
  expect(candidates).toBeLessThan(160);
  for (let index = 0; index < 40; index += 1) expect((await infer({ "x-slipway-key": `user-${index}` })).headers["x-slipway-version"]).toBe(byKey.get(`user-${index}`));
  await applied(await world.route({ candidate: world.versions[1], weightBp: 6_000 }));
  for (let index = 0; index < 100; index += 1) {
    const answer = await infer({ "x-slipway-key": `user-${index}` });
    if (byKey.get(`user-${index}`) === world.names[1]) expect(answer.headers["x-slipway-version"]).toBe(world.names[1]);
  }
  await applied(await world.route({}));
});

test("mirrors a copy under the same prediction id, and a frozen shadow does not touch the main path", async () => {
  await applied(await world.route({ mirror: world.versions[2], mirrorBp: 10_000 }));
  const first = await infer();
  await eventually(() => runtime.seen.some((call) => call.shadow && call.model === world.names[2]));
  const id = String(first.headers["x-slipway-prediction-id"]).slice(4);
  await eventually(async () => (await database.db.$queryRaw<{ arm: string }[]>`SELECT arm FROM inference.call WHERE prediction_id = ${id}::uuid`).length === 2);

  behaviour = (model, body, response, request) => (request.headers["x-shadow"] ? undefined : answerSum(model, body, response, request));
  const times: number[] = [];
  for (let index = 0; index < 200; index += 1) {
    const startedAt = performance.now();
    expect((await infer()).status).toBe(200);
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  // Half of the time after which a shadow is given up: nobody waited for one, however busy the machine is.
  expect(times[190]).toBeLessThan(300);
  await sleep(900);
  const shadows = await database.db.$queryRaw<{ status: number; error: string | null }[]>`SELECT DISTINCT status, error FROM inference.call WHERE arm = 'shadow' AND status <> 200`;
  expect(shadows).toEqual([{ status: 504, error: "timeout" }]);
  behaviour = answerSum;
  await applied(await world.route({}));
});

test("a hanging runtime is a 504, a dying one a 502, a wrong body the runtime's own 400; each is in the log", async () => {
  behaviour = () => undefined;
  const hanging = await infer();
  expect(hanging.status).toBe(504);
  expect(JSON.parse(hanging.body)).toHaveProperty("error");
  behaviour = (_model, _body, response) => void response.socket?.destroy();
  expect((await infer()).status).toBe(502);
  behaviour = (_model, _body, response) => void response.socket?.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{");
  expect((await infer()).status).toBe(502);
  behaviour = answerSum;
  const wrong = await infer({}, "{}");
  expect([wrong.status, JSON.parse(wrong.body)]).toEqual([400, { error: "inputs[0].data is missing" }]);
  await eventually(async () => {
    const rows = await database.db.$queryRaw<{ status: number; error: string | null }[]>`SELECT DISTINCT status, error FROM inference.call WHERE arm = 'stable' AND status <> 200 ORDER BY status, error`;
    return JSON.stringify(rows) === JSON.stringify([{ status: 400, error: null }, { status: 502, error: "upstream" }, { status: 504, error: "timeout" }]);
  });
});

test("a client that leaves is a 499 and takes its upstream connection along", async () => {
  let closed = 0;
  behaviour = (_model, _body, response) => void response.on("close", () => (closed += 1));
  const socket = connect(4360, "127.0.0.1");
  const body = inferBody();
  socket.write(`POST /v2/models/score/infer HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${world.token}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  await sleep(150);
  socket.destroy();
  await eventually(() => closed === 1, 400);
  await eventually(async () => (await database.db.$queryRaw<object[]>`SELECT 1 FROM inference.call WHERE status = 499 AND error = 'aborted'`).length === 1);
});

test("refuses by the door: no token, wrong token, foreign workspace, bound token, scope, method, path, size", async () => {
  const other = await makeWorld(database.db, runtime.url, { workspace: "other" });
  await other.route({});
  const status = async (headers: Record<string, string>, url = inferUrl(gateway), method = "POST") => (await send(url, { headers, body: inferBody(), method })).status;
  expect(await status({})).toBe(401);
  expect(await status(bearer("slp_pat_wrong"))).toBe(401);
  expect(await status(bearer(other.token))).toBe(404);
  expect(await status(bearer(world.token), `${gateway.url}/w/default/production/v2/models/nothing/infer`)).toBe(404);
  expect(await status(bearer(world.token), `${gateway.url}/w/default/production/v2/models/score/infer`, "GET")).toBe(405);
  expect(await status(bearer(world.token), `${gateway.url}/w/default/production/v2/modelss/score/infer`)).toBe(404);
  await database.db.apiToken.updateMany({ where: { userId: other.userId }, data: { endpointIds: [world.endpointId] } });
  await eventually(async () => (await status(bearer(other.token), `${gateway.url}/w/other/production/v2/models/score/infer`)) === 403, 11_000);
  await database.db.apiToken.updateMany({ where: { userId: other.userId }, data: { endpointIds: [], scopes: ["models:read"] } });
  await eventually(async () => (await status(bearer(other.token), `${gateway.url}/w/other/production/v2/models/score/infer`)) === 403, 11_000);
  await database.db.endpoint.update({ where: { id: other.endpointId }, data: { isAnonymous: true } });
  await eventually(async () => (await status({}, `${gateway.url}/w/other/production/v2/models/score/infer`)) === 200, 5_000);
  const large = await send(inferUrl(gateway), { headers: bearer(world.token), body: Buffer.alloc(8 * 1024 * 1024 + 1), agent: false }).catch((error: unknown) => ({ status: error instanceof Error ? error.message : "" }));
  expect([413, "write EPIPE", "read ECONNRESET", "write ECONNRESET"]).toContain(large.status);
});

test("a revoked token is refused within 10 s", async () => {
  expect((await infer()).status).toBe(200);
  await database.db.apiToken.updateMany({ where: { userId: world.userId }, data: { revokedAt: new Date() } });
  const startedAt = Date.now();
  await eventually(async () => (await infer()).status === 401, 10_000);
  expect(Date.now() - startedAt).toBeLessThan(10_000);
  await database.db.apiToken.updateMany({ where: { userId: world.userId }, data: { revokedAt: null } });
  // Each process remembers a refusal for 2 s.
  await sleep(2_200);
  expect((await infer()).status).toBe(200);
});

test("speaks MLflow's scoring form, tells of itself, and measures over all processes", async () => {
  const scored = await send(`${gateway.url}/endpoints/score/invocations`, { headers: bearer(world.token), body: '{"inputs": [[1, 2, 4]]}' });
  expect([scored.status, JSON.parse(scored.body)]).toEqual([200, { predictions: [[7]] }]);
  const split = await send(`${gateway.url}/endpoints/score/invocations`, { headers: bearer(world.token), body: '{"dataframe_split": {"columns": ["a", "b", "c"], "data": [[1, 1, 1]]}}' });
  expect(JSON.parse(split.body)).toEqual({ predictions: [[3]] });
  expect((await send(`${gateway.url}/endpoints/score/invocations`, { headers: bearer(world.token), body: "[1]" })).status).toBe(400);
  const get = async (target: string, headers: Record<string, string> = {}) => send(`${gateway.url}${target}`, { method: "GET", headers });
  expect((await get("/v2/health/live")).body).toBe('{"live":true}');
  expect((await get("/v2/health/ready")).status).toBe(200);
  expect(JSON.parse((await get("/v2/models/score/ready", bearer(world.token))).body)).toEqual({ name: "score", ready: true });
  expect(JSON.parse((await get("/v2/models/score", bearer(world.token))).body)).toEqual({ name: "score", ready: true });
  const metrics = (await get("/metrics")).body;
  expect(metrics).toMatch(/slipway_gateway_requests_total\{workspace="default",environment="production",endpoint="score",arm="stable",status="200"\} \d+/);
  expect(metrics).toContain("slipway_gateway_processes 2");
});

test("over all batches rows + dropped = requests served, with all bodies of quiet endpoints", async () => {
  await sleep(700);
  const before = await readTotals(database.db);
  expect(before.rows).toBe(before.calls);
  for (let index = 0; index < 20; index += 1) await infer({}, inferBody([index], `row-${index}`));
  await eventually(async () => (await readTotals(database.db)).main === before.main + 20);
  const bodies = await database.db.$queryRaw<{ request_id: string; request: Uint8Array; response: Uint8Array }[]>`
    SELECT c.request_id, b.request, b.response FROM inference.call c JOIN inference.body b USING (prediction_id, at, arm) WHERE c.request_id LIKE 'row-%' ORDER BY c.at`;
  expect(bodies.length).toBe(20);
  expect(JSON.parse(Buffer.from(bodies[3]?.request ?? []).toString())).toMatchObject({ id: "row-3" });
  expect(JSON.parse(Buffer.from(bodies[3]?.response ?? []).toString())).toMatchObject({ outputs: [{ data: [3] }] });
});
