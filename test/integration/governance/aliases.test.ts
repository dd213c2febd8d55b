import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { addEvidence, deleteAlias, getPolicy, listAliasGuards, moveStage, openRequest, reviewRequest, revisePolicy, setAlias } from "@/lib/governance/server";
import type { PolicyDocument } from "@/lib/governance";
import { insertPolicyRevision } from "@/lib/governance/server";
import { changeTag, createModel, deleteVersion, getClientVersion, getVersion, listVersionActivity, registerSource, updateModel } from "@/lib/registry/server";

import { testDeps, type TestDeps } from "../../support/deps";
import { testContext, withToken } from "../../support/factories";
import { digitsModel, makeVersion } from "../../support/models";

const open: PolicyDocument = { checks: [{ key: "inspection", title: "Inspection", required: true }], approvals: { minimum: 0, groups: [], excludeRequester: true, excludeContributors: false }, requestExpiresDays: 14, approvalValidDays: 30 };
const guarded: PolicyDocument = { ...open, approvals: { ...open.approvals, minimum: 1 } };

let deps: TestDeps;
let model: Buffer;
beforeAll(async () => {
  deps = await testDeps({ env: { SLIPWAY_PUBLIC_URL: "https://slipway.example" } });
  model = await digitsModel();
});
afterAll(() => deps.close());

const openStage = async (policies: Record<string, PolicyDocument> = { production: guarded }) => {
  const engineer = await testContext(deps, { roles: ["maintainer"], name: "Mara" });
  const approver = await testContext(deps, { roles: ["approver"], workspace: engineer.workspace, name: "Ines" });
  const now = await deps.clock.now(deps.db);
  for (const environment of await deps.db.environment.findMany({ where: { workspaceId: engineer.workspace.id } })) {
    await insertPolicyRevision(deps.db, { workspaceId: engineer.workspace.id, environmentId: environment.id, revision: 1, document: policies[environment.name] ?? open, createdBy: null, now });
  }
  for (let number = 1; number <= 2; number += 1) await makeVersion(deps, engineer, "churn", { "model.onnx": model });
  return { engineer, approver, client: withToken(engineer, ["admin"]) };
};
type Stage = Awaited<ReturnType<typeof openStage>>;
const approve = async ({ engineer, approver }: Stage, version: number, environment = "production") => {
  const request = await openRequest(engineer, { model: "churn", version, environment });
  await reviewRequest(approver, request.id, { decision: "approve", comment: "measured twice" });
};

describe("a protected alias", () => {
  it("goes to no version that is not approved, and the refusal says where to ask", async () => {
    const { engineer, client } = await openStage();
    for (const who of [client, engineer]) {
      await expect(setAlias(who, "churn", "champion", 1)).rejects.toMatchObject({
        kind: "forbidden",
        code: "alias.protected",
        message: expect.stringContaining(`https://slipway.example/w/${engineer.workspace.name}/models/churn/1?request=production`) as string,
      });
    }
    await setAlias(client, "churn", "challenger", 1);
    const request = await openRequest(engineer, { model: "churn", version: 1, environment: "production" });
    await expect(setAlias(client, "churn", "champion", 1)).rejects.toThrow(new RegExp(`${request.number} waits for a decision.*/approvals/${request.number}$`));
    expect(await listAliasGuards(engineer, "churn", 1)).toMatchObject([{ alias: "champion", environment: "production", href: expect.stringContaining(request.number) as string }]);
  });

  it("goes to an approved one until evidence takes the approval away", async () => {
    const stage = await openStage();
    await approve(stage, 1);
    expect(await listAliasGuards(stage.engineer, "churn", 1)).toMatchObject([{ alias: "champion", reason: null }]);
    await setAlias(stage.client, "churn", "champion", 1);
    await approve(stage, 2);
    await addEvidence(stage.engineer, "churn", 2, { name: "default", document: { kind: "model_card", schemaVersion: 1, details: "late" } });
    await expect(setAlias(stage.client, "churn", "champion", 2)).rejects.toMatchObject({ code: "alias.protected", details: { because: "release.not_approved" } });
    expect((await getVersion(stage.engineer, "churn", 1)).aliases).toEqual(["champion"]);
  });

  it("moves once when an approval and its end race: never to a version whose approval is gone", async () => {
    const stage = await openStage();
    for (let round = 0; round < 4; round += 1) {
      const { number } = await makeVersion(deps, stage.engineer, "churn", { "model.onnx": model });
      await approve(stage, number);
      const [moved, added] = await Promise.allSettled([setAlias(stage.client, "churn", "champion", number), addEvidence(stage.engineer, "churn", number, { name: "default", document: { kind: "document", schemaVersion: 1, title: `note ${round}` } })]);
      expect(added.status).toBe("fulfilled");
      expect((await getVersion(stage.engineer, "churn", number)).aliases).toEqual(moved.status === "fulfilled" ? ["champion"] : []);
      if (moved.status === "rejected") expect(moved.reason).toMatchObject({ details: { because: "release.not_approved" } });
    }
  });

  it("may be removed, on the record; a version that holds it may be deleted, which names it", async () => {
    const stage = await openStage();
    await approve(stage, 1);
    await setAlias(stage.client, "churn", "champion", 1);
    await deleteAlias(stage.client, "churn", "champion");
    await setAlias(stage.client, "churn", "champion", 1);
    await deleteVersion(stage.client, "churn", 1);
    const events = await deps.db.auditEvent.findMany({ where: { workspaceId: stage.engineer.workspace.id, action: { in: ["alias.delete", "version.delete"] } }, orderBy: { id: "asc" } });
    expect(events.map(({ action }) => action)).toEqual(["alias.delete", "version.delete"]);
    expect(events[1]?.canonical).toContain('"aliases":["champion"]');
  });

  it("is what the policy names: none, others, and the default where it says nothing", async () => {
    const { engineer, client } = await openStage({ production: { ...guarded, protects: { aliases: ["gold"], stages: [] } }, staging: { ...guarded } });
    expect((await getPolicy(engineer, "production")).protects).toEqual({ aliases: ["gold"], stages: [] });
    expect((await getPolicy(engineer, "staging")).protects).toEqual({ aliases: [], stages: ["Staging"] });
    expect((await getPolicy(engineer, "development")).protects).toEqual({ aliases: [], stages: [] });
    await setAlias(client, "churn", "champion", 1);
    await moveStage(client, "churn", 1, "Production", false);
    await expect(setAlias(client, "churn", "gold", 1)).rejects.toMatchObject({ code: "alias.protected" });
    await expect(moveStage(client, "churn", 1, "Staging", false)).rejects.toMatchObject({ code: "version.stage_protected", details: { environment: "staging" } });
    await revisePolicy(engineer, "production", { ...guarded });
    await expect(setAlias(client, "churn", "champion", 2)).rejects.toMatchObject({ code: "alias.protected" });
  });

  it("can't be reached by calling the model a prompt", async () => {
    const { engineer, client } = await openStage();
    await expect(changeTag(client, "churn", undefined, "mlflow.prompt.is_prompt", "true")).rejects.toMatchObject({ code: "model.kind_is_fixed" });
    await expect(updateModel(engineer, "churn", { tags: { "mlflow.prompt.is_prompt": "TRUE" } })).rejects.toMatchObject({ code: "model.kind_is_fixed" });
    const prompt = { source: "dummy-source", folder: null, runId: null, loggedModelId: null, description: null };
    await expect(registerSource(client, "churn", { ...prompt, tags: { "mlflow.prompt.is_prompt": "true" } })).rejects.toMatchObject({ code: "version.other_kind" });
    await createModel(client, { name: "greeting", tags: { "mlflow.prompt.is_prompt": "true" } });
    await expect(registerSource(client, "greeting", { ...prompt, source: "s3://bucket/model", tags: {} })).rejects.toMatchObject({ code: "version.other_kind" });
    await registerSource(client, "greeting", { ...prompt, tags: { "mlflow.prompt.is_prompt": "true", "mlflow.prompt.text": "Hello" } });
    await setAlias(client, "greeting", "champion", 1);
    await expect(openRequest(engineer, { model: "greeting", version: 1, environment: "production" })).rejects.toMatchObject({ kind: "unprocessable" });
  });
});

describe("a protected stage", () => {
  it("takes approved versions; those that leave are archived one by one, on the record", async () => {
    const stage = await openStage();
    await expect(moveStage(stage.client, "churn", 1, "Production", false)).rejects.toMatchObject({ kind: "forbidden", message: expect.stringContaining("?request=production") as string });
    await approve(stage, 1);
    await approve(stage, 2);
    await moveStage(stage.client, "churn", 1, "Production", false);
    await moveStage(stage.client, "churn", 2, "Production", true);
    expect((await getClientVersion(stage.engineer, "churn", 1)).stage).toBe("Archived");
    expect((await listVersionActivity(stage.engineer, "churn", 1, { limit: 10 })).items.filter(({ action }) => action === "version.update").map(({ change, because }) => [change?.after, because])).toEqual(expect.arrayContaining([[{ stage: "Archived" }, "Version 2 moved to Production."]]));
    await moveStage(stage.client, "churn", 2, "Archived", false);
    await expect(moveStage(stage.client, "churn", 2, "Archived", true)).rejects.toMatchObject({ kind: "invalid" });
  });
});
