import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createToken } from "@/lib/identity/server";

import type { TestDeps } from "../../support/deps";
import { openInstallation } from "../../support/installation";
import { makeMember, makeUser, testContext } from "../../support/factories";
import { callMlflow } from "../../support/mlflow-call";

const admin = "slp_test_administrator_0123456789";
let deps: TestDeps;
beforeAll(async () => {
  deps = await openInstallation(admin);
});
afterAll(() => deps.close());

const workspaces = (path = "", given: Parameters<typeof callMlflow>[1] = {}) => callMlflow(`/api/3.0/mlflow/workspaces${path}`, { token: admin, ...given });

describe("workspaces on MLflow's wire", () => {
  test("are made, read, changed and deleted with the statuses that its client expects", async () => {
    expect(await workspaces("", { body: { name: "risk", description: "Credit risk" } })).toMatchObject({ status: 201, body: { workspace: { name: "risk", description: "Credit risk" } } });
    expect(await workspaces("", { body: { name: "risk" } })).toMatchObject({ status: 400, body: { error_code: "RESOURCE_ALREADY_EXISTS" } });
    expect(await workspaces("/risk")).toMatchObject({ status: 200, body: { workspace: { name: "risk", description: "Credit risk" } } });
    expect(await workspaces("/risk", { method: "PATCH", body: { description: "" } })).toMatchObject({ status: 200, body: { workspace: { name: "risk" } } });
    expect(await workspaces("/risk", { method: "PATCH", body: {} })).toMatchObject({ status: 400 });
    const deleted = await workspaces("/risk", { method: "DELETE" });
    expect([deleted.status, deleted.text]).toEqual([204, ""]);
    expect((await workspaces("/risk")).status).toBe(404);
    expect((await workspaces("", { body: { name: "risk" } })).status).toBe(201);
  });

  test.each(["x", "Risk", "-risk", "risk-", "a".repeat(64), "api", "ajax-api", "workspaces", "static-files", "default", "a/b", "ri sk"])("can't be called %j", async (name) => {
    expect(await workspaces("", { body: { name } })).toMatchObject({ status: 400, body: { error_code: "INVALID_PARAMETER_VALUE", message: expect.stringContaining("Workspace name") as string } });
  });

  test("are deleted only when they are empty, and only one by one", async () => {
    await workspaces("", { body: { name: "full" } });
    const row = await deps.db.workspace.findFirstOrThrow({ where: { name: "full" } });
    const owner = await deps.db.user.findFirstOrThrow({ where: { isAdmin: true } });
    const inside = await testContext(deps, { workspace: row });
    const { secret } = await createToken(inside, { name: "t", scopes: ["admin"], expiresInDays: 1, endpointIds: [] });
    expect((await callMlflow("/api/2.0/mlflow/registered-models/create", { token: secret, workspace: "full", body: { name: "m" } })).status).toBe(200);
    expect(await workspaces("/full", { method: "DELETE" })).toMatchObject({ status: 409, body: { error_code: "RESOURCE_CONFLICT", message: expect.stringContaining("registered models") as string } });
    for (const mode of ["CASCADE", "SET_DEFAULT"]) expect(await workspaces(`/full?mode=${mode}`, { method: "DELETE" })).toMatchObject({ status: 400, body: { message: expect.stringContaining(mode) as string } });
    expect((await workspaces("/full?mode=NONSENSE", { method: "DELETE" })).status).toBe(400);
    expect((await workspaces("/default", { method: "DELETE" })).status).toBe(400);
    expect((await callMlflow("/api/2.0/mlflow/registered-models/delete", { method: "DELETE", token: secret, workspace: "full", body: { name: "m" } })).status).toBe(200);
    expect((await workspaces("/full", { method: "DELETE" })).status).toBe(204);
    expect((await callMlflow("/api/2.0/mlflow/registered-models/get?name=m", { token: secret, workspace: "full" })).status).toBe(401);
    expect(await deps.db.auditEvent.count({ where: { action: "workspace.delete", actorId: owner.id, targetName: "full" } })).toBe(2);
  });

  test("have their maker as maintainer and operator, with environments and policies", async () => {
    await workspaces("", { body: { name: "fresh" } });
    const row = await deps.db.workspace.findFirstOrThrow({ where: { name: "fresh" }, include: { memberships: { include: { user: true } }, environments: { include: { policies: true } } } });
    expect(row.memberships.map(({ roles, user }) => [roles, user.isAdmin])).toEqual([[["maintainer", "operator"], true]]);
    expect(row.environments.map(({ name, policies }) => [name, policies.length])).toEqual(expect.arrayContaining([["production", 1]]));
  });

  test("are made by administrators alone, and seen by those who belong to them", async () => {
    const member = await testContext(deps, { roles: ["maintainer"] });
    const { secret } = await createToken(member, { name: "t", scopes: ["admin"], expiresInDays: 1, endpointIds: [] });
    expect(await workspaces("", { token: secret, body: { name: "mine" } })).toMatchObject({ status: 403, body: { error_code: "PERMISSION_DENIED" } });
    expect((await workspaces("", { token: secret })).body).toEqual({ workspaces: [{ name: member.workspace.name }] });
    expect((await workspaces("/default", { token: secret })).status).toBe(404);
    expect((await workspaces("/default", { token: secret, method: "DELETE" })).status).toBe(403);
    const user = await makeUser(deps);
    await makeMember(deps, member.workspace.id, user.id, ["viewer"]);
    const narrow = await createToken(member, { name: "narrow", scopes: ["models:read"], expiresInDays: 1, endpointIds: [] });
    expect((await workspaces("", { token: narrow.secret })).body).toEqual({ workspaces: [{ name: member.workspace.name }] });
    expect((await workspaces("", { token: "slp_nonsense" })).status).toBe(401);
  });

  test("say so in server-info, and a header chooses one", async () => {
    expect((await callMlflow("/api/3.0/mlflow/server-info")).body).toMatchObject({ workspaces_enabled: true });
    expect((await callMlflow("/api/2.0/mlflow/experiments/get?experiment_id=0", { token: admin, workspace: "nowhere" })).status).toBe(404);
    expect((await callMlflow("/api/2.0/mlflow/experiments/get?experiment_id=0", { token: admin, workspace: "default" })).status).toBe(200);
  });
});
