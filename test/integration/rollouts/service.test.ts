import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { parseId } from "@/lib/core/ids";
import { addEvidence } from "@/lib/governance/server";
import { RolloutPlan } from "@/lib/rollouts";
import { actOnRollout, getRollout, rollBackEndpoint, startRollout, tickRollout } from "@/lib/rollouts/server";
import { getEndpoint } from "@/lib/serving/server";
import { LogHistogram } from "@/lib/stats";
import { type TestDeps, testDeps } from "@/test/support/deps";
import { testContext } from "@/test/support/factories";
import { type RunningServer, startOipRuntime } from "@/test/support/oip-runtime";
import { approve, evaluation, makeEndpoint, openStage, register, type Stage, tickUntil } from "@/test/support/release";

const plan = RolloutPlan.parse({
  steps: [{ kind: "canary", weightPercent: 50, minRequests: 100, bakeSeconds: 2, deadlineSeconds: 30 }],
  guardrails: [{ metric: "error_rate", margin: 0.05 }],
  postBakeSeconds: 2,
  warmSeconds: 600,
});

let runtime: RunningServer;
let deps: TestDeps;
let stage: Stage;
beforeAll(async () => {
  runtime = await startOipRuntime();
  deps = await testDeps({ env: { SLIPWAY_RUNTIME_URL: runtime.url } });
});
afterAll(async () => {
  await deps.close();
  await runtime.close();
});
beforeEach(async () => {
  stage = await openStage(deps, runtime);
});

const ended = (phase: string): boolean => ["SUCCEEDED", "ROLLED_BACK", "CANCELLED", "SUPERSEDED"].includes(phase);

/** v1 approved, released and serving; v2 approved. */
const serveFirst = async (): Promise<void> => {
  await register(stage);
  await approve(stage, 1);
  await makeEndpoint(stage);
  const first = await startRollout(stage.engineer, { endpoint: "digits", environment: "production", version: 1, strategy: "all_at_once" });
  await tickUntil(stage, parseId("rollout", first.id), ended);
  await register(stage, "challenger");
  await approve(stage, 2, 1);
};

/** Writes what the consumer of the inference log would have counted for the canary's current route. */
const measure = async (rolloutId: string, counts: { stable: [number, number]; candidate: [number, number] }): Promise<void> => {
  const row = await deps.db.rollout.findUniqueOrThrow({ where: { id: rolloutId } });
  const now = deps.clock.current();
  const latency = LogHistogram.of([5, 6, 7]).histogram.toJSON();
  for (const arm of ["stable", "candidate"] as const) {
    const [requests, errors] = counts[arm];
    const data = { workspaceId: row.workspaceId, versionId: arm === "stable" ? (row.fromVersionId ?? row.toVersionId) : row.toVersionId, requests, errors, units: requests, labelled: 0, lossSum: 0, lossSumSquares: 0, latency, firstAt: now, lastAt: now };
    const key = { endpointId: row.endpointId, routeNumber: row.routeNumber ?? 0, arm };
    await deps.db.armStats.upsert({ where: { endpointId_routeNumber_arm: key }, create: { ...key, ...data }, update: data });
  }
};

describe("a release", () => {
  it("is refused without an approval, and names the way", async () => {
    await register(stage);
    await makeEndpoint(stage);
    await expect(startRollout(stage.engineer, { endpoint: "digits", environment: "production", version: 1, strategy: "all_at_once" })).rejects.toMatchObject({ kind: "forbidden", code: "rollout.not_releasable", message: expect.stringContaining("promotion request") as string });
    expect(await deps.db.routeRevision.count({ where: { workspaceId: stage.engineer.workspace.id } })).toBe(0);
  });

  it("takes a first version to all traffic, moves the alias and opens its deployment", async () => {
    await serveFirst();
    const endpoint = await getEndpoint(stage.engineer, "digits");
    expect(endpoint).toMatchObject({ stable: { number: 1 }, route: { stable: 1, candidateWeightBp: 0 } });
    const alias = await deps.db.modelAlias.findFirst({ where: { workspaceId: stage.engineer.workspace.id, alias: "champion" }, include: { version: true } });
    expect(alias?.version.number).toBe(1);
    const actions = (await deps.db.auditEvent.findMany({ where: { workspaceId: stage.engineer.workspace.id }, orderBy: { id: "asc" } })).map((event) => event.action);
    expect(actions).toEqual(expect.arrayContaining(["rollout.start", "route.publish", "rollout.promote", "alias.set", "rollout.succeed"]));
  });

  it("promotes a canary that is safe, keeps the former version warm, and rolls back in one click", async () => {
    await serveFirst();
    const started = await startRollout(stage.engineer, { endpoint: "digits", environment: "production", version: 2, strategy: "canary", plan });
    const id = parseId("rollout", started.id);
    await tickUntil(stage, id, (phase) => phase === "BAKING");
    await measure(id, { stable: [1_000, 2], candidate: [1_000, 2] });
    await tickUntil(stage, id, ended);
    expect(await getEndpoint(stage.engineer, "digits")).toMatchObject({ stable: { number: 2 }, previous: { number: 1 }, route: { stable: 2, candidateWeightBp: 0 } });
    const back = await rollBackEndpoint(stage.engineer, "digits", "production", "looks odd");
    await tickUntil(stage, parseId("rollout", back.id), ended);
    expect(await getEndpoint(stage.engineer, "digits")).toMatchObject({ stable: { number: 1 }, previous: { number: 2 } });
  });

  it("rolls a harmful canary back without a person, voids its approval, and counts nothing twice", async () => {
    await serveFirst();
    const started = await startRollout(stage.engineer, { endpoint: "digits", environment: "production", version: 2, strategy: "canary", plan });
    const id = parseId("rollout", started.id);
    await tickUntil(stage, id, (phase) => phase === "BAKING");
    await measure(id, { stable: [1_000, 2], candidate: [1_000, 300] });
    await Promise.all([tickRollout(deps, { rolloutId: id }, "worker-a"), tickRollout(deps, { rolloutId: id }, "worker-b")]);
    expect(await tickUntil(stage, id, ended)).toBe("ROLLED_BACK");
    expect(await getEndpoint(stage.engineer, "digits")).toMatchObject({ stable: { number: 1 }, route: { stable: 1, candidate: null, candidateWeightBp: 0 } });
    const rollbacks = await deps.db.auditEvent.count({ where: { targetId: started.id, action: "rollout.rollback" } });
    expect(rollbacks).toBe(1);
    const requests = await deps.db.promotionRequest.findMany({ where: { workspaceId: stage.engineer.workspace.id }, orderBy: { number: "asc" } });
    expect(requests.map((request) => request.status)).toEqual(["EXECUTED", "STALE"]);
    await expect(startRollout(stage.engineer, { endpoint: "digits", environment: "production", version: 2, strategy: "canary", plan })).rejects.toMatchObject({ code: "rollout.not_releasable" });
  });

  it("holds, never passes, when no data comes", async () => {
    await serveFirst();
    const started = await startRollout(stage.engineer, { endpoint: "digits", environment: "production", version: 2, strategy: "canary", plan });
    const id = parseId("rollout", started.id);
    await tickUntil(stage, id, (phase) => phase === "HELD", 60);
    expect(await getRollout(stage.engineer, started.id)).toMatchObject({ phase: "HELD", verdict: { overall: "no_data" } });
  });

  it("takes the traffic away when the approval's evidence changes under it", async () => {
    await serveFirst();
    const started = await startRollout(stage.engineer, { endpoint: "digits", environment: "production", version: 2, strategy: "canary", plan });
    const id = parseId("rollout", started.id);
    await tickUntil(stage, id, (phase) => phase === "BAKING");
    await addEvidence(stage.engineer, "digits", 2, { name: "default", document: { ...evaluation(1), metrics: [{ name: "accuracy", value: 0.99, n: 400 }] } });
    expect(await tickUntil(stage, id, ended)).toBe("ROLLED_BACK");
  });

  it("rolls back when the runtime refuses the version", async () => {
    await serveFirst();
    runtime.failNext("The file can't be loaded.");
    const started = await startRollout(stage.engineer, { endpoint: "digits", environment: "production", version: 2, strategy: "canary", plan });
    expect(await tickUntil(stage, parseId("rollout", started.id), ended)).toBe("ROLLED_BACK");
    expect((await getRollout(stage.engineer, started.id)).reason).toContain("can't be loaded");
  });
});

describe("people and races", () => {
  it("lets one rollout be active on an endpoint, whoever clicks first", async () => {
    await serveFirst();
    const both = await Promise.allSettled([1, 2].map(() => startRollout(stage.engineer, { endpoint: "digits", environment: "production", version: 2, strategy: "canary", plan })));
    const refused = both.filter((result) => result.status === "rejected");
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toMatchObject({ kind: "conflict", code: "rollout.endpoint_busy" });
  });

  it("lets abort win over a tick that is under way", async () => {
    await serveFirst();
    const started = await startRollout(stage.engineer, { endpoint: "digits", environment: "production", version: 2, strategy: "canary", plan });
    const id = parseId("rollout", started.id);
    await tickUntil(stage, id, (phase) => phase === "BAKING");
    await measure(id, { stable: [1_000, 2], candidate: [1_000, 2] });
    deps.clock.advance(10_000);
    await stage.gateway.apply();
    await Promise.all([tickRollout(deps, { rolloutId: id }, "worker-a"), actOnRollout(stage.engineer, started.id, "abort", "stop it")]);
    const after = await getRollout(stage.engineer, started.id);
    expect(after).toMatchObject({ phase: "HELD", route: { candidateWeightBp: 0 } });
    await tickUntil(stage, id, (phase) => phase === "HELD", 3);
    const resumed = await actOnRollout(stage.engineer, started.id, "resume", "it was a false alarm");
    expect(resumed).toMatchObject({ phase: "PREPARING", stepIndex: 0, attempt: 2 });
    await tickUntil(stage, id, (phase) => phase === "BAKING");
    expect((await getRollout(stage.engineer, started.id)).verdict?.requests.candidate ?? 0).toBe(0);
  });

  it("shows nothing of it to another workspace, and refuses those without the right", async () => {
    await serveFirst();
    const started = await startRollout(stage.engineer, { endpoint: "digits", environment: "production", version: 2, strategy: "canary", plan });
    const stranger = await testContext(deps, { roles: ["maintainer", "operator"] });
    await expect(getRollout(stranger, started.id)).rejects.toMatchObject({ kind: "not_found" });
    await expect(actOnRollout(stranger, started.id, "abort", "mine now")).rejects.toMatchObject({ kind: "not_found" });
    await expect(actOnRollout(stage.approver, started.id, "abort", "not my job")).rejects.toMatchObject({ kind: "forbidden" });
  });
});
