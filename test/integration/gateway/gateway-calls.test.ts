import { afterAll, beforeAll, expect, test } from "vitest";

import { formatId, newId } from "@/lib/core/ids";
import { getPrediction, listCalls, readRoutingSnapshot } from "@/lib/inference/server";
import { reportProcesses } from "@/lib/inference/data-plane";
import { openDatabase } from "@/lib/platform/db";
import { readAcknowledgement } from "@/lib/serving/server";

import { testDeps, type TestDeps } from "../../support/deps";
import { testContext, withToken } from "../../support/factories";
import { makeWorld, type World } from "./support";

let deps: TestDeps;
let world: World;
const atMs = Date.now() - 60_000;

const insertCall = async (index: number, given: { arm?: string; version?: string; status?: number; body?: string; redacted?: boolean } = {}): Promise<string> => {
  const id = newId(atMs + index);
  const { arm = "stable", version = world.versions[0], status = 200, body, redacted = false } = given;
  const at = new Date(atMs + index);
  await deps.db.$executeRaw`INSERT INTO inference.call VALUES (${at}, ${id}::uuid, ${arm}, ${world.workspaceId}::uuid, ${world.endpointId}::uuid, ${version}::uuid, 1, ${newId()}::uuid, ${`r-${index}`}, 7, ${status}, NULL, 1500, 1200, 10, 20, ${body !== undefined})`;
  if (body !== undefined) await deps.db.$executeRaw`INSERT INTO inference.body VALUES (${at}, ${id}::uuid, ${arm}, ${newId()}::uuid, ${Buffer.from(body)}, ${Buffer.from([0xff, 0xfe])}, false, ${redacted})`;
  return id;
};

beforeAll(async () => {
  deps = await testDeps({ at: new Date() });
  world = await makeWorld(deps.db, "http://127.0.0.1:9");
  await world.route({ candidate: world.versions[1], weightBp: 500 });
});
afterAll(() => deps?.close());

const contextHere = () => testContext(deps, { roles: ["viewer"], workspace: { id: world.workspaceId, name: "default" } });

test("lists calls newest first, by pages and filters, for those who may read predictions", async () => {
  for (let index = 0; index < 7; index += 1) await insertCall(index, { status: index === 3 ? 504 : 200, version: index % 2 === 0 ? world.versions[0] : world.versions[1], arm: index % 2 === 0 ? "stable" : "candidate" });
  const ctx = await contextHere();
  const first = await listCalls(ctx, "score", { limit: 3 });
  const second = await listCalls(ctx, formatId("endpoint", world.endpointId), { limit: 10, cursor: first.nextCursor ?? "" });
  expect([...first.items, ...second.items].map((call) => call.requestId)).toEqual(["r-6", "r-5", "r-4", "r-3", "r-2", "r-1", "r-0"]);
  expect(second.nextCursor).toBeNull();
  expect(first.items[0]).toMatchObject({ versionNumber: 1, arm: "stable", latencyMs: 1.5, upstreamMs: 1.2 });
  expect((await listCalls(ctx, "score", { limit: 10, status: "failed" })).items.map((call) => call.status)).toEqual([504]);
  expect((await listCalls(ctx, "score", { limit: 10, arm: "candidate" })).items).toHaveLength(3);
  expect((await listCalls(ctx, "score", { limit: 10, version: formatId("version", world.versions[1]) })).items).toHaveLength(3);
  await expect(listCalls(ctx, "nothing", { limit: 10 })).rejects.toMatchObject({ kind: "not_found" });
  const stranger = await testContext(deps, { roles: ["viewer"] });
  await expect(listCalls(stranger, formatId("endpoint", world.endpointId), { limit: 10 })).rejects.toMatchObject({ kind: "not_found" });
  const maintainer = await testContext(deps, { workspace: { id: world.workspaceId, name: "default" } });
  await expect(listCalls(withToken(maintainer, ["models:read"]), "score", { limit: 10 })).rejects.toMatchObject({ kind: "forbidden" });
  await expect(listCalls(withToken(maintainer, ["monitoring:read"], [newId()]), "score", { limit: 10 })).rejects.toMatchObject({ kind: "not_found" });
});

test("reads a prediction with its legs, bodies, route and label, and not one of another workspace", async () => {
  const id = await insertCall(20, { body: '{"inputs":[]}', redacted: true });
  const at = new Date(atMs + 20);
  await deps.db.$executeRaw`INSERT INTO inference.call SELECT at, prediction_id, 'shadow', workspace_id, endpoint_id, ${world.versions[2]}::uuid, route_number, batch_id, request_id, unit, 200, NULL, 2500, 2000, 10, 20, false FROM inference.call WHERE prediction_id = ${id}::uuid`;
  await deps.db.label.create({ data: { id: newId(), workspaceId: world.workspaceId, endpointId: world.endpointId, predictionId: id, value: "7", labelledAt: at, receivedAt: at, source: "api", revision: 1, state: "joined" } });
  const ctx = await contextHere();
  const view = await getPrediction(ctx, formatId("prediction", id));
  expect(view.calls.map((call) => [call.arm, call.versionNumber])).toEqual([["stable", 1], ["shadow", 3]]);
  expect(view.calls[0]).toMatchObject({ request: { form: "json", text: '{"inputs":[]}' }, response: { form: "binary", text: "//4=" }, isRedacted: true, bodyNote: null });
  expect(view.calls[1]?.bodyNote).toContain("not kept");
  expect(view).toMatchObject({ endpoint: { name: "score", environment: "production" }, route: { number: 1, candidateWeightBp: 500 }, label: { value: "7" }, model: { name: "score" } });
  const stranger = await testContext(deps, { roles: ["viewer"] });
  await expect(getPrediction(stranger, formatId("prediction", id))).rejects.toMatchObject({ kind: "not_found" });
  await expect(getPrediction(ctx, formatId("prediction", newId()))).rejects.toMatchObject({ kind: "not_found" });
  await expect(getPrediction(ctx, "prd_nonsense")).rejects.toMatchObject({ kind: "not_found" });
});

test("a snapshot holds the newest route of each endpoint that is not deleted, and what is sensitive", async () => {
  await deps.db.modelVersion.update({ where: { id: world.versions[1] }, data: { signature: { inputs: [{ name: "x", datatype: "FP32", shape: [-1, 3], sensitive: [1] }], outputs: [] } } });
  const revision = await world.route({ candidate: world.versions[1], weightBp: 2_500, mirror: world.versions[2], mirrorBp: 1_000 });
  const snapshot = await readRoutingSnapshot(deps.db);
  expect(snapshot.revision).toBe(Number(revision));
  expect(snapshot.endpoints).toHaveLength(1);
  expect(snapshot.endpoints[0]).toMatchObject({ workspace: "default", environment: "production", name: "score", routeNumber: 2, candidateWeightBp: 2_500, mirrorBp: 1_000, sensitive: { inputs: [{ name: "x", columns: [1] }], outputs: [] } });
  await deps.db.endpoint.update({ where: { id: world.endpointId }, data: { deletedAt: new Date() } });
  expect(await readRoutingSnapshot(deps.db)).toMatchObject({ revision: Number(revision), endpoints: [] });
});

test("a route counts as applied when every live process applies it; the silent do not count", async () => {
  const owner = openDatabase({ url: deps.databaseUrl, poolMax: 1, applicationName: "test", statementTimeoutMs: 5_000 });
  const now = new Date();
  const [one, two] = [newId(), newId()];
  expect(await readAcknowledgement(owner, now, 7n)).toEqual({ live: 0, applied: 0, isApplied: false });
  await reportProcesses(owner, one, [{ process: 1, appliedRevision: 9 }, { process: 2, appliedRevision: 7 }], now);
  await reportProcesses(owner, two, [{ process: 1, appliedRevision: 3 }], new Date(now.getTime() - 7_000));
  expect(await readAcknowledgement(owner, now, 7n)).toEqual({ live: 2, applied: 2, isApplied: true });
  expect(await readAcknowledgement(owner, now, 9n)).toEqual({ live: 2, applied: 1, isApplied: false });
  await reportProcesses(owner, one, [{ process: 1, appliedRevision: 9 }], now);
  expect(await readAcknowledgement(owner, now, 9n)).toEqual({ live: 1, applied: 1, isApplied: true });
  await owner.$disconnect();
});
