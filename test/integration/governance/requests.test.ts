import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";

import { addEvidence, expireRequests, getRequest, isReleasable, openRequest, revisePolicy, reviewRequest, withdrawRequest } from "@/lib/governance/server";
import { type TestDeps, testDeps } from "@/test/support/deps";
import { testContext, withToken } from "@/test/support/factories";
import { type RunningServer, startOipRuntime } from "@/test/support/oip-runtime";
import { approve, evaluation, guarded, modelCard, openStage, register, type Stage } from "@/test/support/release";

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
  await register(stage);
});

const ask = () => openRequest(stage.engineer, { model: "digits", version: 1, environment: "production" });
const yes = { decision: "approve" as const, comment: "read and agreed" };
const release = async () => {
  const version = await deps.db.modelVersion.findFirstOrThrow({ where: { workspaceId: stage.engineer.workspace.id } });
  const environment = await deps.db.environment.findFirstOrThrow({ where: { workspaceId: stage.engineer.workspace.id, isProduction: true } });
  return isReleasable(deps.db, { workspaceId: version.workspaceId, versionId: version.id, environmentId: environment.id }, await deps.clock.now(deps.db));
};

it("shows what is missing and why the requester can't decide", async () => {
  const { id } = await ask();
  const seen = await getRequest(stage.engineer, id);
  expect(seen.checks.filter((check) => check.status === "MISSING").map((check) => check.key)).toEqual(["evaluation", "model_card"]);
  expect(seen.you).toMatchObject({ mayApprove: false, mayWithdraw: true, reason: "You requested this, so you cannot approve it." });
  await expect(reviewRequest(stage.approver, id, yes)).rejects.toMatchObject({ code: "request.checks_failed" });
});

it("approves with complete evidence by another person, and only that opens production", async () => {
  expect(await release()).toMatchObject({ ok: false, code: "release.not_approved" });
  await approve(stage, 1);
  expect(await release()).toMatchObject({ ok: true });
});

it("never lets a token decide, nor the requester, nor the same person twice", async () => {
  await addEvidence(stage.engineer, "digits", 1, { name: "default", document: evaluation() });
  await addEvidence(stage.engineer, "digits", 1, { name: "default", document: modelCard });
  const requester = await testContext(deps, { roles: ["maintainer", "approver"], workspace: stage.engineer.workspace });
  const { id } = await openRequest(requester, { model: "digits", version: 1, environment: "production" });
  await expect(reviewRequest(withToken(stage.approver, ["admin", "approvals:request"]), id, yes)).rejects.toMatchObject({ kind: "forbidden" });
  await expect(reviewRequest(requester, id, yes)).rejects.toMatchObject({ kind: "forbidden" });
  await reviewRequest(stage.approver, id, yes);
  await expect(reviewRequest(stage.approver, id, yes)).rejects.toMatchObject({ kind: "conflict" });
});

it("lets one of two simultaneous decisions count", async () => {
  await addEvidence(stage.engineer, "digits", 1, { name: "default", document: evaluation() });
  await addEvidence(stage.engineer, "digits", 1, { name: "default", document: modelCard });
  const second = await testContext(deps, { roles: ["approver"], workspace: stage.engineer.workspace });
  const { id } = await ask();
  const both = await Promise.allSettled([reviewRequest(stage.approver, id, yes), reviewRequest(second, id, { decision: "reject", comment: "not convinced" })]);
  expect(both.filter((result) => result.status === "fulfilled")).toHaveLength(1);
  expect(await deps.db.review.count({ where: { workspaceId: stage.engineer.workspace.id } })).toBe(1);
});

it("voids an approval when evidence or policy change", async () => {
  await approve(stage, 1);
  await addEvidence(stage.engineer, "digits", 1, { name: "default", document: { ...evaluation(), producer: { name: "another.py" } } });
  expect(await release()).toMatchObject({ ok: false });
  const request = await deps.db.promotionRequest.findFirstOrThrow({ where: { workspaceId: stage.engineer.workspace.id } });
  expect(request.status).toBe("STALE");
  await approve(stage, 1).catch((error: unknown) => expect(error).toBeUndefined());
  expect(await release()).toMatchObject({ ok: true });
  await revisePolicy(stage.engineer, "production", { ...guarded, approvalValidDays: 10 });
  expect(await release()).toMatchObject({ ok: false, code: "release.stale" });
});

it("expires what nobody decided and approvals past their time; never approves by itself", async () => {
  const { id } = await ask();
  deps.clock.advance(15 * 86_400_000);
  await expireRequests(deps);
  expect(await getRequest(stage.engineer, id)).toMatchObject({ status: "EXPIRED" });
  await approve(stage, 1);
  deps.clock.advance(31 * 86_400_000);
  expect(await release()).toMatchObject({ ok: false, code: "release.expired" });
});

it("lets only the requester withdraw, and hides requests from other workspaces", async () => {
  const { id, number } = await ask();
  const stranger = await testContext(deps, { roles: ["maintainer", "approver"] });
  await expect(getRequest(stranger, id)).rejects.toMatchObject({ kind: "not_found" });
  await expect(getRequest(stranger, number)).rejects.toMatchObject({ kind: "not_found" });
  const colleague = await testContext(deps, { roles: ["maintainer"], workspace: stage.engineer.workspace });
  await expect(withdrawRequest(colleague, id, "tidy up")).rejects.toMatchObject({ kind: "forbidden" });
  expect(await withdrawRequest(stage.engineer, id, "not now")).toMatchObject({ status: "WITHDRAWN" });
});

it("says that nobody else can decide when nobody can", async () => {
  await deps.db.membership.deleteMany({ where: { workspaceId: stage.engineer.workspace.id, userId: stage.approver.actor.id } });
  const { id } = await ask();
  expect(await getRequest(stage.engineer, id)).toMatchObject({ nobodyCanDecide: true });
});
