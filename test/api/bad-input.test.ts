import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { operations } from "@/app/api/openapi.json/operations";
import { formatId, newId, parseId } from "@/lib/core/ids";
import { setWebDeps } from "@/lib/http/deps";
import type { Operation } from "@/lib/http/operation";
import { findTokenGrant } from "@/lib/inference/data-plane";
import { createToken, sealSession, sessionCookieName } from "@/lib/identity/server";
import { startRollout } from "@/lib/rollouts/server";

import { type Answer, callOperation } from "../support/api";
import { type TestDeps, testDeps } from "../support/deps";
import { digitsModel } from "../support/models";
import { type RunningServer, startOipRuntime } from "../support/oip-runtime";
import { approve, makeEndpoint, openStage, register, type Stage, tickUntil } from "../support/release";

/*
 * Each kind of bad input has a clear answer with nothing half done. Where each is proved, beside this file:
 *   uploads: too large, cut off, another digest      test/integration/artifacts/blobs.test.ts
 *   files that are not what they say, malformed ONNX  test/integration/registry/versions.test.ts, test/unit/inspection
 *   path tricks in the rules themselves               test/unit/artifacts/paths.test.ts, test/unit/inspection
 *   another workspace, on every call                  test/api/matrix.test.ts
 *   expired and revoked tokens, at web                test/api/identity/api.test.ts; at the gateway also test/integration/gateway
 *   a token that decides, on every call               test/api/matrix.test.ts, test/integration/governance/requests.test.ts
 *   two rollouts at the same moment                   test/integration/rollouts/service.test.ts
 *   infer: wrong shape, type, range, size             test/integration/runtime/infer.test.ts, test/integration/gateway/gateway-calls.test.ts
 *   a runtime that hangs or dies                      test/integration/gateway/gateway-calls.test.ts, test/integration/runtime/lifecycle.test.ts, test/faults/release.test.ts
 *   labels: ambiguous, foreign, never seen            test/integration/monitoring/consume.test.ts
 */
let runtime: RunningServer;
let deps: TestDeps;
let stage: Stage;
let theirs: Stage;
beforeAll(async () => {
  runtime = await startOipRuntime();
  deps = await testDeps({ env: { SLIPWAY_RUNTIME_URL: runtime.url } });
  setWebDeps(deps);
  [stage, theirs] = [await openStage(deps, runtime), await openStage(deps, runtime)];
  for (const each of [stage, theirs]) {
    await register(each);
    await approve(each, 1);
    await makeEndpoint(each);
    const first = await startRollout(each.engineer, { endpoint: "digits", environment: "production", version: 1, strategy: "all_at_once" });
    await tickUntil(each, parseId("rollout", first.id), (phase) => phase === "SUCCEEDED");
    await register(each, "challenger");
  }
});
afterAll(async () => {
  await deps.close();
  await runtime.close();
});

const operation = (id: string): Operation => {
  const found = operations.find((candidate) => candidate.id === id);
  if (!found) throw new Error(`there is no operation ${id}`);
  return found;
};
const cookieOf = async (person: Stage["engineer"]) => ({ cookie: `${sessionCookieName(deps.env)}=${await sealSession(deps.env, person.actor.sessionId)}` });
const call = async (id: string, given: { params?: Record<string, string | string[]>; body?: unknown; query?: string; headers?: Record<string, string> } = {}): Promise<Answer> =>
  callOperation(operation(id), { ...given, params: { workspace: stage.engineer.workspace.name, ...given.params }, headers: given.headers ?? (await cookieOf(stage.engineer)) });

/** Rows that a refused call must leave as they were: everything that a change would write. */
const count = async (): Promise<Record<string, number>> => {
  const [row] = await deps.db.$queryRaw<[Record<string, bigint>]>`SELECT (SELECT count(*) FROM audit_event WHERE action <> 'token.use_denied') AS events, (SELECT count(*) FROM outbox_event WHERE type <> 'slipway.token.use_denied') AS outbox, (SELECT count(*) FROM rollout) AS rollouts,
    (SELECT count(*) FROM route_revision) AS routes, (SELECT count(*) FROM model_version) AS versions, (SELECT count(*) FROM evidence) AS evidence, (SELECT count(*) FROM review) AS reviews, (SELECT count(*) FROM label) AS labels, (SELECT count(*) FROM reference) AS refs, (SELECT count(*) FROM api_token) AS tokens`;
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]));
};
const changesNothing = async (act: () => Promise<void>): Promise<void> => {
  const before = await count();
  await act();
  expect(await count()).toEqual(before);
};

describe("fields that a call does not know", () => {
  const withBody = operations.filter((candidate) => candidate.body !== undefined && candidate.path.startsWith("/w/{workspace}"));
  it.each(withBody.map((candidate) => [candidate.id, candidate] as const))("%s names them and does nothing", async (_id, candidate) => {
    const admin = await adminHeaders();
    const params = Object.fromEntries([...candidate.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => [name, name === "workspace" ? stage.engineer.workspace.name : name === "path" ? ["x"] : name === "number" ? "1" : name === "eventId" ? "none" : "none"]));
    await changesNothing(async () => {
      const answer = await callOperation(candidate, { params, headers: admin, body: { kind: "drift", surprise: true } });
      expect(answer).toMatchObject({ status: 400, code: "http.invalid_body" });
      expect(answer.invalidParams).toContain("surprise");
    });
  });
});

/** Somebody with every role that roles combine to, so that only the body is wrong. */
const adminHeaders = async (): Promise<Record<string, string>> => {
  const { actor } = stage.engineer;
  await deps.db.user.update({ where: { id: actor.id }, data: { isAdmin: true } });
  await deps.db.membership.update({ where: { workspaceId_userId: { workspaceId: stage.engineer.workspace.id, userId: actor.id } }, data: { roles: ["contributor", "maintainer", "operator", "approver"] } });
  return cookieOf(stage.engineer);
};

describe("ids of another workspace, inside one's own", () => {
  it("look like ids of nothing, and change nothing", async () => {
    const other = theirs.engineer.workspace.id;
    const [rollout, request, endpoint, evidence] = await Promise.all([
      deps.db.rollout.findFirstOrThrow({ where: { workspaceId: other } }),
      deps.db.promotionRequest.findFirstOrThrow({ where: { workspaceId: other } }),
      deps.db.endpoint.findFirstOrThrow({ where: { workspaceId: other } }),
      deps.db.evidence.findFirstOrThrow({ where: { workspaceId: other } }),
    ]);
    const rolloutId = formatId("rollout", rollout.id);
    const requestId = formatId("request", request.id);
    const endpointId = formatId("endpoint", endpoint.id);
    const reason = { reason: "not mine" };
    const calls: [string, Record<string, string>, unknown?][] = [
      ["getRollout", { rollout: rolloutId }],
      ["abortRollout", { rollout: rolloutId }, reason],
      ["rollbackRollout", { rollout: rolloutId }, reason],
      ["promoteRollout", { rollout: rolloutId }, reason],
      ["getRequest", { request: requestId }],
      ["reviewRequest", { request: requestId }, { decision: "approve", comment: "not mine" }],
      ["getEndpoint", { endpoint: endpointId }],
      ["rollBackEndpoint", { endpoint: endpointId }, reason],
      ["getEvidence", { evidence: formatId("evidence", evidence.id) }],
    ];
    const headers = await adminHeaders();
    await changesNothing(async () => {
      for (const [id, params, body] of calls) {
        const answer = await call(id, { params, headers, ...(body === undefined ? {} : { body }) });
        expect([id, answer.status]).toEqual([id, 404]);
        const unknown = await call(id, { params: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, `${value.split("_")[0] ?? ""}_${newId().replaceAll("-", "")}`])), headers, ...(body === undefined ? {} : { body }) });
        expect([id, unknown.status, unknown.code]).toEqual([id, 404, answer.code]);
      }
    });
  });
  it("of a runtime or a model refuse an endpoint", async () => {
    await deps.db.registeredModel.create({ data: { id: newId(), workspaceId: theirs.engineer.workspace.id, name: "secret-model", createdBy: "x", createdAt: deps.clock.current(), updatedAt: deps.clock.current() } });
    const answer = await call("createEndpoint", { body: { name: "e", environment: "production", model: "secret-model" } });
    expect(answer).toMatchObject({ status: 404, code: "model.not_found" });
  });
});

describe("paths that lead elsewhere", () => {
  const tricks = ["../model.onnx", "/etc/passwd", "a/../../b", "..%2fmodel.onnx", "a\\b", "C:/x", "a//b", "a/./b", "nul\u0000", ""];
  it.each(tricks)("%j are refused as the path of a version's file", async (trick) => {
    const bytes = await digitsModel();
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    await changesNothing(async () => {
      const answer = await call("createVersion", { params: { model: "digits" }, body: { files: [{ path: trick, sha256 }] } });
      expect(answer.status).toBe(400);
      expect(answer.detail).toBeTruthy();
    });
  });
  it.each([["..", "..", "etc", "passwd"], ["%2e%2e", "secret"], ["model.onnx", "..", "..", "x"]])("never read a file outside of a version: %j", async (...segments) => {
    const answer = await call("downloadVersionFile", { params: { model: "digits", number: "1", path: segments } });
    expect([400, 404]).toContain(answer.status);
  });
});

describe("uploads that are not what they should be", () => {
  it("a reference that is no table, or too short, is refused with the reason", async () => {
    const headers = { ...(await cookieOf(stage.engineer)), "content-type": "text/csv" };
    await changesNothing(async () => {
      for (const body of ["", "\u0000\u0001\u0002PK", "a,b\n1", "a,b\n1,2\n3,4\n"]) {
        const answer = await call("pinReference", { params: { model: "digits", number: "1" }, headers, body: Buffer.from(body) });
        expect([400, 422]).toContain(answer.status);
        expect(answer.detail).toBeTruthy();
      }
    });
  });
  it("a version of a digest that was never uploaded is refused", async () => {
    await changesNothing(async () => {
      const answer = await call("createVersion", { params: { model: "digits" }, body: { files: [{ path: "model.onnx", sha256: "0".repeat(64) }] } });
      expect([400, 404, 422]).toContain(answer.status);
      expect(answer.detail).toBeTruthy();
    });
    expect(readdirSync(path.join(deps.env.artifactRoot, "incoming"))).toEqual([]);
  });
  it("evidence that is no evaluation is refused field by field", async () => {
    await changesNothing(async () => {
      const answer = await call("addEvidence", { params: { model: "digits", number: "1" }, body: { document: { kind: "evaluation", schemaVersion: 1, metrics: [{ name: "accuracy", value: "high" }] } } });
      expect(answer).toMatchObject({ status: 400, code: "http.invalid_body" });
      expect(answer.invalidParams.length).toBeGreaterThan(0);
    });
  });
});

describe("a release that may not be", () => {
  it("a second rollout on a busy endpoint is a 409 that says what to do; the first goes on", async () => {
    await approve(stage, 2, 1);
    const plan = { steps: [{ kind: "canary", weightPercent: 10, minRequests: 20, bakeSeconds: 60, deadlineSeconds: 600 }], guardrails: [{ metric: "error_rate", margin: 0.05 }] };
    const body = { endpoint: "digits", version: 2, strategy: "canary", plan };
    const first = await call("startRollout", { body });
    expect(first.status).toBe(201);
    await changesNothing(async () => {
      const second = await call("startRollout", { body });
      expect(second).toMatchObject({ status: 409, code: "rollout.endpoint_busy" });
      expect(second.detail).toContain("roll it back");
    });
    const active = await deps.db.rollout.findMany({ where: { workspaceId: stage.engineer.workspace.id, endedAt: null } });
    expect(active.map((row) => formatId("rollout", row.id))).toEqual([(first.body as { id: string }).id]);
  });
  it.each([
    ["a plan whose weights fall", { strategy: "canary", plan: { steps: [{ kind: "canary", weightPercent: 50 }, { kind: "canary", weightPercent: 10 }], guardrails: [{ metric: "error_rate", margin: 0.1 }] } }, 400],
    ["a plan that judges by nothing", { strategy: "canary", plan: { steps: [{ kind: "canary", weightPercent: 50 }] } }, 400],
    ["a weight beyond all", { strategy: "canary", plan: { steps: [{ kind: "canary", weightPercent: 101 }], guardrails: [{ metric: "error_rate", margin: 0.1 }] } }, 400],
    ["a strategy that does not exist", { strategy: "yolo" }, 400],
    ["a version that does not exist", { strategy: "all_at_once", version: 99 }, 404],
    ["an endpoint that does not exist", { strategy: "all_at_once", endpoint: "nowhere" }, 404],
  ] as const)("%s is refused", async (_what, given, status) => {
    const target = { ...theirs };
    await changesNothing(async () => {
      const answer = await callOperation(operation("startRollout"), { params: { workspace: target.engineer.workspace.name }, headers: await cookieOf(target.engineer), body: { endpoint: "digits", version: 2, ...given } });
      expect(answer.status).toBe(status);
      expect(answer.detail).toBeTruthy();
    });
  });
});

describe("a token", () => {
  it("of an approver with every scope does not approve: the request stays open, the attempt is on the record", async () => {
    const { approver, engineer } = theirs;
    const opened = await callOperation(operation("openRequest"), { params: { workspace: engineer.workspace.name }, headers: await cookieOf(engineer), body: { model: "digits", version: 2, environment: "production" } });
    const { number } = opened.body as { number: string };
    await deps.db.user.update({ where: { id: approver.actor.id }, data: { isAdmin: true } });
    const { secret, token } = await createToken({ ...approver, actor: { ...approver.actor, isAdmin: true } }, { name: "robot", scopes: ["admin"], expiresInDays: 1, endpointIds: [] });
    await changesNothing(async () => {
      const answer = await callOperation(operation("reviewRequest"), { params: { workspace: engineer.workspace.name, request: number }, headers: { authorization: `Bearer ${secret}` }, body: { decision: "approve", comment: "as a program" } });
      expect(answer).toMatchObject({ status: 403, code: "identity.forbidden" });
    });
    expect(await deps.db.promotionRequest.findFirst({ where: { workspaceId: engineer.workspace.id, status: "OPEN" } })).toBeTruthy();
    expect(await deps.db.auditEvent.count({ where: { action: "token.use_denied", targetId: token.id } })).toBe(1);
  });
  it("that has expired opens neither web nor gateway", async () => {
    const { secret } = await createToken(stage.engineer, { name: "old", scopes: ["predict", "models:read"], expiresInDays: 1, endpointIds: [] });
    const hash = createHash("sha256").update(secret).digest();
    const now = deps.clock.current();
    expect(await findTokenGrant(deps.db, hash, now)).toMatchObject({ mayPredict: true });
    const later = new Date(now.getTime() + 86_400_001);
    expect(await findTokenGrant(deps.db, hash, later)).toBeNull();
    deps.clock.set(later);
    const answer = await call("listModels", { headers: { authorization: `Bearer ${secret}` } });
    deps.clock.set(now);
    expect(answer).toMatchObject({ status: 401, code: "token.expired" });
  });
});

describe("labels", () => {
  it("are answered one by one: what can't be a prediction is rejected, nothing is stored for it, an unknown endpoint refuses all", async () => {
    const unknown = formatId("prediction", newId(deps.clock.current().getTime() - 3_600_000));
    const items = [{ predictionId: "prd_nonsense", value: 3 }, { predictionId: unknown, value: 3 }, { predictionId: formatId("prediction", newId(deps.clock.current().getTime() + 3_600_000)), value: 3 }];
    await changesNothing(async () => {
      const answer = await call("addLabels", { body: { endpoint: "digits", items } });
      expect(answer).toMatchObject({ status: 200, body: { accepted: 0, rejected: 3, pending: 0 } });
      for (const item of (answer.body as { items: { reason: string | null }[] }).items) expect(item.reason).toBeTruthy();
      expect((await call("addLabels", { body: { endpoint: "nowhere", items } })).status).toBe(404);
      expect((await call("addLabels", { body: { endpoint: "digits", items: [] } })).status).toBe(400);
      expect((await call("addLabels", { body: { endpoint: "digits", items: [{ predictionId: unknown, requestId: "x", value: 3 }] } })).status).toBe(400);
    });
  });
});
