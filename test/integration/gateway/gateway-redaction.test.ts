import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { gatewayDatabase } from "./database";
import { bearer, bundleGateway, eventually, inferUrl, makeWorld, send, startGateway, startRuntime, Wire, type Gateway, type Runtime, type World } from "./support";

let database: Awaited<ReturnType<typeof gatewayDatabase>>;
let bundle: Awaited<ReturnType<typeof bundleGateway>>;
let runtime: Runtime;
let wire: Wire;
let gateway: Gateway;
let world: World;

beforeAll(async () => {
  [database, bundle] = await Promise.all([gatewayDatabase(), bundleGateway()]);
  runtime = await startRuntime(4363);
  const signature = { inputs: [{ name: "x", datatype: "FP32", shape: [-1, 3], sensitive: [1] }], outputs: [{ name: "sum", datatype: "FP32", shape: [-1, 1], sensitive: true }] };
  world = await makeWorld(database.db, runtime.url, { signature });
  await world.route({ mirror: world.versions[1], mirrorBp: 10_000 });
  const wired = new URL(database.gatewayUrl);
  wire = new Wire(4364, { host: wired.hostname, port: Number(wired.port) });
  await wire.mend();
  wired.hostname = "127.0.0.1";
  wired.port = "4364";
  gateway = await startGateway({ main: bundle.main, port: 4362, databaseUrl: wired.href });
});

afterAll(async () => {
  await gateway?.stop();
  await runtime?.close();
  await wire?.cut();
  await database?.close();
  bundle?.remove();
});

const secret = 913377;
const bodyOf = (name: string): string => JSON.stringify({ id: "r", parameters: { note: secret }, inputs: [{ name, shape: [1, 3], datatype: "FP32", data: [1, secret, 2] }] });

test("sensitive columns and outputs are not in the log, the shadow's rows, the gateway's output or the spilled file", async () => {
  const ask = (body: string) => send(inferUrl(gateway), { headers: bearer(world.token), body });
  const answer = await ask(bodyOf("x"));
  expect(answer.body).toContain(String(secret + 3));
  expect((await ask(bodyOf("misspelt"))).status).toBe(200);
  expect((await ask(`{"broken ${secret}`)).status).toBe(400);
  const readBodies = () => database.db.$queryRaw<{ arm: string; text: string; answer: string; is_redacted: boolean }[]>`
    SELECT arm, convert_from(coalesce(request, ''), 'UTF8') AS text, convert_from(coalesce(response, ''), 'UTF8') AS answer, is_redacted FROM inference.body ORDER BY at, arm`;
  await eventually(async () => (await database.db.$queryRaw<object[]>`SELECT 1 FROM inference.call`).length === 6);
  const bodies = await readBodies();
  expect(JSON.parse(bodies.find((row) => row.arm === "stable")?.text ?? "")).toEqual({ id: "r", inputs: [{ name: "x", shape: [1, 3], datatype: "FP32", data: [1, null, 2], redacted: [1] }] });
  expect(bodies.length).toBeGreaterThanOrEqual(2);
  for (const row of bodies) {
    expect(row.text + row.answer).not.toContain(String(secret));
    expect(row.answer).not.toContain(String(secret + 3));
    expect(row.is_redacted).toBe(true);
  }
  await wire.cut();
  expect((await ask(bodyOf("x"))).status).toBe(200);
  await gateway.stop();
  const folder = path.join(gateway.home, "gateway", "spill");
  const files = readdirSync(folder);
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) expect(readFileSync(path.join(folder, file)).includes(String(secret))).toBe(false);
  expect(gateway.errors()).not.toContain(String(secret));
  expect(gateway.errors()).not.toContain(world.token);
});
