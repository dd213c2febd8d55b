import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { putArtifact } from "@/lib/artifacts/server";
import { insertPolicyRevision } from "@/lib/governance/server";
import { setWebDeps } from "@/lib/http/deps";
import { createToken, sealSession, sessionCookieName } from "@/lib/identity/server";

import { testDeps, type TestDeps } from "../../support/deps";
import { testContext } from "../../support/factories";
import { callMlflow, type MlflowCall } from "../../support/mlflow-call";
import { digitsModel, runInspections, sourceOf } from "../../support/models";

let deps: TestDeps;
let engineer: Awaited<ReturnType<typeof testContext>>;
let approver: Awaited<ReturnType<typeof testContext>>;
let token: string;
beforeAll(async () => {
  deps = await testDeps();
  deps.clock.useDatabase();
  setWebDeps(deps);
  engineer = await testContext(deps, { name: "Mara" });
  approver = await testContext(deps, { name: "Ines", roles: ["approver"], workspace: engineer.workspace });
  token = (await createToken(engineer, { name: "ci", scopes: ["admin"], expiresInDays: 1, endpointIds: [] })).secret;
  const production = await deps.db.environment.findFirstOrThrow({ where: { workspaceId: engineer.workspace.id, isProduction: true } });
  const document = { checks: [], approvals: { minimum: 1, groups: [], excludeRequester: true, excludeContributors: false }, requestExpiresDays: 14, approvalValidDays: 30 };
  await insertPolicyRevision(deps.db, { workspaceId: engineer.workspace.id, environmentId: production.id, revision: 1, document, createdBy: null, now: await deps.clock.now(deps.db) });
  await api("registered-models/create", { body: { name: "churn" } });
  await putArtifact(engineer, "models/churn/model.onnx", { source: sourceOf(await digitsModel()) });
  await api("model-versions/create", { body: { name: "churn", source: "mlflow-artifacts:/models/churn" } });
  await runInspections(deps);
});
afterAll(() => deps.close());

const api = (path: string, given: MlflowCall = {}) => callMlflow(`/api/2.0/mlflow/${path}`, { token, workspace: engineer.workspace.name, ...given });
const person = async (who: typeof engineer): Promise<Record<string, string>> => ({ cookie: `${sessionCookieName(deps.env)}=${await sealSession(deps.env, who.actor.sessionId)}`, origin: deps.env.publicUrl, "sec-fetch-site": "same-origin" });
const wish = { name: "churn", version: "1", stage: "Production" };

describe("transition requests", () => {
  test("ask for the release that the stage stands for, are listed, and withdrawn", async () => {
    expect((await api("model-versions/transition-stage", { body: wish })).status).toBe(403);
    const made = await api("transition-requests/create", { body: { ...wish, comment: "better recall" } });
    expect(made).toMatchObject({ status: 200, body: { request: { to_stage: "Production", from_stage: "None", comment: "better recall", available_actions: ["CANCEL_TRANSITION_REQUEST"] } } });
    expect((await api("transition-requests/create", { body: wish })).status).toBe(409);
    expect((await api("transition-requests/list?name=churn&version=1")).body).toMatchObject({ requests: [{ activity_type: "REQUESTED_TRANSITION", to_stage: "Production" }] });
    expect((await api("transition-requests/delete", { method: "DELETE", body: wish })).body).toEqual({});
    expect((await api("transition-requests/list?name=churn&version=1")).body).toEqual({});
    expect((await api("transition-requests/delete", { method: "DELETE", body: wish })).status).toBe(404);
  });

  test("are decided by people alone; then the stage is free", async () => {
    await api("transition-requests/create", { body: wish });
    for (const decision of ["approve", "reject"]) {
      expect(await api(`transition-requests/${decision}`, { body: wish })).toMatchObject({ status: 403, body: { error_code: "PERMISSION_DENIED", message: expect.stringContaining("sign in as a person") as string } });
    }
    const answer = await callMlflow("/ajax-api/2.0/mlflow/transition-requests/approve", { body: { ...wish, comment: "measured" }, workspace: engineer.workspace.name, headers: await person(approver) });
    expect(answer).toMatchObject({ status: 200, body: { activity: { activity_type: "APPROVED_REQUEST" } } });
    expect((await api("model-versions/transition-stage", { body: wish })).body).toMatchObject({ model_version: { current_stage: "Production", status: "READY" } });
  });

  test.each([
    ["transition-requests/create", { ...wish, stage: "Nowhere" }, 400],
    ["transition-requests/create", { ...wish, stage: "Archived" }, 400],
    ["transition-requests/create", { ...wish, version: "99" }, 404],
    ["transition-requests/create", { ...wish, name: "nothing" }, 404],
    ["comments/create", { ...wish, comment: "hello" }, 404],
  ])("%s %o: %i", async (path, body, status) => {
    expect((await api(path, { body })).status).toBe(status);
  });
});
