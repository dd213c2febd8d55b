import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { insertPolicyRevision } from "@/lib/governance/server";
import { setWebDeps } from "@/lib/http/deps";
import { createWorkspaceOp, deleteWorkspaceOp, updateWorkspaceOp } from "@/lib/identity";
import { createToken } from "@/lib/identity/server";
import { setAliasOperation } from "@/lib/registry";
import { createWebhookOperation, deleteWebhookOperation, getWebhookOperation, listDeliveriesOperation, listWebhooksOperation, resendDeliveryOperation, testWebhookOperation, updateWebhookOperation } from "@/lib/webhooks";

import { callOperation } from "../support/api";
import { type TestDeps, testDeps } from "../support/deps";
import { testContext } from "../support/factories";
import { digitsModel, makeVersion } from "../support/models";

let deps: TestDeps;
let engineer: Awaited<ReturnType<typeof testContext>>;
let headers: Record<string, string>;
beforeAll(async () => {
  deps = await testDeps();
  setWebDeps(deps);
  engineer = await testContext(deps);
  headers = { authorization: `Bearer ${(await createToken(engineer, { name: "t", scopes: ["admin"], expiresInDays: 1, endpointIds: [] })).secret}` };
});
afterAll(() => deps.close());

const params = (more: Record<string, string> = {}): Record<string, string> => ({ workspace: engineer.workspace.name, ...more });
const body = { name: "ci", url: "https://hooks.invalid/x", events: ["model_version.created"], secret: "s3cret" };

describe("webhooks on the Slipway API", () => {
  it("are made, listed, changed and deleted; the secret never comes back", async () => {
    const made = await callOperation(createWebhookOperation, { params: params(), headers, body });
    expect(made).toMatchObject({ status: 201, body: { name: "ci", isSigned: true, status: "ACTIVE", deliveries: { pending: 0 } } });
    const { id } = made.body as { id: string };
    const listed = await callOperation(listWebhooksOperation, { params: params(), headers });
    expect(listed.body).toMatchObject({ items: [{ id }], nextCursor: null });
    expect(JSON.stringify([made.body, listed.body])).not.toContain("s3cret");
    expect(await callOperation(updateWebhookOperation, { params: params({ webhook: id }), headers, body: { status: "DISABLED" } })).toMatchObject({ status: 200, body: { status: "DISABLED", isSigned: true } });
    expect((await callOperation(listDeliveriesOperation, { params: params({ webhook: id }), headers })).body).toEqual({ items: [], nextCursor: null });
    expect((await callOperation(resendDeliveryOperation, { params: params({ webhook: id, delivery: `whd_${"0".repeat(32)}` }), headers })).status).toBe(404);
    expect(await callOperation(testWebhookOperation, { params: params({ webhook: id }), headers, body: {} })).toMatchObject({ status: 200, body: { success: false, error: expect.any(String) as string } });
    expect((await callOperation(deleteWebhookOperation, { params: params({ webhook: id }), headers })).status).toBe(204);
    expect((await callOperation(getWebhookOperation, { params: params({ webhook: id }), headers })).status).toBe(404);
  });
  it.each([
    [{ ...body, url: "http://hooks.invalid/x" }, "url"],
    [{ ...body, url: "https://192.168.0.1/x" }, "url"],
    [{ ...body, name: "a b" }, "name"],
    [{ ...body, events: [] }, "events"],
    [{ ...body, events: ["model.exploded"] }, "events.0"],
    [{ ...body, secret: "x".repeat(1_001) }, "secret"],
  ])("name what is wrong %#", async (wrong, field) => {
    expect(await callOperation(createWebhookOperation, { params: params(), headers, body: wrong })).toMatchObject({ status: 400, invalidParams: [field] });
  });
});

describe("the alias route", () => {
  it("refuses a protected alias with the address where to ask", async () => {
    const production = await deps.db.environment.findFirstOrThrow({ where: { workspaceId: engineer.workspace.id, isProduction: true } });
    const document = { checks: [], approvals: { minimum: 1, groups: [], excludeRequester: true, excludeContributors: false }, requestExpiresDays: 14, approvalValidDays: 30 };
    await insertPolicyRevision(deps.db, { workspaceId: engineer.workspace.id, environmentId: production.id, revision: 1, document, createdBy: null, now: await deps.clock.now(deps.db) });
    await makeVersion(deps, engineer, "churn", { "model.onnx": await digitsModel() });
    const refused = await callOperation(setAliasOperation, { params: params({ model: "churn", alias: "champion" }), headers, body: { version: 1 } });
    expect(refused).toMatchObject({ status: 403, code: "alias.protected", body: { href: `${deps.env.publicUrl}/w/${engineer.workspace.name}/models/churn/1?request=production`, environment: "production" } });
    expect((await callOperation(setAliasOperation, { params: params({ model: "churn", alias: "challenger" }), headers, body: { version: 1 } })).status).toBe(200);
  });
});

describe("workspaces on the Slipway API", () => {
  it("are an administrator's matter", async () => {
    expect(await callOperation(createWorkspaceOp, { params: {}, headers, body: { name: "risk" } })).toMatchObject({ status: 403, code: "identity.forbidden" });
    const admin = await testContext(deps, { isAdmin: true });
    const own = { authorization: `Bearer ${(await createToken(admin, { name: "t", scopes: ["admin"], expiresInDays: 1, endpointIds: [] })).secret}` };
    const narrow = { authorization: `Bearer ${(await createToken(admin, { name: "n", scopes: ["models:write"], expiresInDays: 1, endpointIds: [] })).secret}` };
    expect((await callOperation(createWorkspaceOp, { params: {}, headers: narrow, body: { name: "risk" } })).status).toBe(403);
    expect(await callOperation(createWorkspaceOp, { params: {}, headers: own, body: { name: "risk", title: "Credit risk" } })).toMatchObject({ status: 201, body: { name: "risk", title: "Credit risk", description: null } });
    expect((await callOperation(createWorkspaceOp, { params: {}, headers: own, body: { name: "risk" } })).status).toBe(409);
    expect((await callOperation(createWorkspaceOp, { params: {}, headers: own, body: { name: "Risk!" } })).status).toBe(400);
    expect(await callOperation(updateWorkspaceOp, { params: { name: "risk" }, headers: own, body: { description: "Scores" } })).toMatchObject({ status: 200, body: { description: "Scores" } });
    expect((await callOperation(deleteWorkspaceOp, { params: { name: "risk" }, headers: own })).status).toBe(204);
    expect((await callOperation(deleteWorkspaceOp, { params: { name: "risk" }, headers: own })).status).toBe(404);
  });
});
