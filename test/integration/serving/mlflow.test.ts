import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { parseId } from "@/lib/core/ids";
import type { PolicyDocument } from "@/lib/governance";
import { revisePolicy } from "@/lib/governance/server";
import { compareVersions, getVersion, needVersion } from "@/lib/registry/server";
import { previewRollout, startRollout } from "@/lib/rollouts/server";
import { createEndpoint, createRuntime, deleteModelServer, deleteRuntime, getVersionServing, listRuntimes, reconcileRuntimes, setModelServer } from "@/lib/serving/server";
import { type TestDeps, testDeps } from "@/test/support/deps";
import { testContext } from "@/test/support/factories";
import { mlflowBundle } from "@/test/support/mlflow-bundle";
import { makeVersion } from "@/test/support/models";
import { type RunningServer, startOipRuntime } from "@/test/support/oip-runtime";
import { openStage, type Stage, tickUntil } from "@/test/support/release";
import { startScoringServer } from "@/test/support/scoring-server";

let bundled: RunningServer;
let deps: TestDeps;
let stage: Stage;
beforeAll(async () => {
  bundled = await startOipRuntime();
  deps = await testDeps({ env: { SLIPWAY_RUNTIME_URL: bundled.url } });
});
afterAll(async () => {
  await deps.close();
  await bundled.close();
});
beforeEach(async () => {
  stage = await openStage(deps, bundled);
});

const allowing = (allowCodeExecution: boolean): PolicyDocument => ({ checks: [{ key: "inspection", title: "Inspection", required: true, allowCodeExecution }], approvals: { minimum: 0, groups: [], excludeRequester: true, excludeContributors: false }, requestExpiresDays: 14, approvalValidDays: 30 });
const registerBundle = (options: Parameters<typeof mlflowBundle>[0] = {}) => makeVersion(deps, stage.engineer, "risk", mlflowBundle(options));
const makeRuntime = () => createRuntime(stage.engineer, { name: "mlflow", kind: "mlflow" });
const fitOf = async (kind: string, number = 1) => (await getVersionServing(stage.engineer, "risk", number)).runtimes.find((fit) => fit.kind === kind);
const look = async (): Promise<void> => {
  deps.clock.advance(20_000);
  await reconcileRuntimes(deps);
};
const ended = (phase: string): boolean => ["SUCCEEDED", "ROLLED_BACK", "CANCELLED", "SUPERSEDED"].includes(phase);

describe("a model that MLflow logged", () => {
  it("is ready, shows what it is, and says which runtimes can serve it and how", async () => {
    await registerBundle();
    await makeRuntime();
    const version = await getVersion(stage.engineer, "risk", 1);
    expect(version).toMatchObject({ status: "ready", statusReason: null, format: "mlflow", signature: { form: "columns" }, inspection: { verdict: "clean", mlflow: { runsCode: true, pythonVersion: "3.11.7" } } });
    const serving = await getVersionServing(stage.engineer, "risk", 1);
    expect(serving.runtimes.map(({ kind, canServe }) => [kind, canServe])).toEqual([["mlflow", true], ["onnx", false]]);
    expect(serving.serveCommand).toContain("mlflow models serve -m models:/risk/1 ");
    expect(serving.serveCommand).toContain(`MLFLOW_WORKSPACE=${stage.engineer.workspace.name}`);
    expect(serving.convertCommand).toContain("FloatTensorType([None, 2])");
  });

  it("is released only where the policy lets code be run", async () => {
    await registerBundle();
    await makeRuntime();
    await createEndpoint(stage.engineer, { name: "risk", environment: "staging", model: "risk", runtime: "mlflow", championAlias: null, isAnonymous: false, timeoutMs: 1_000 });
    const start = () => startRollout(stage.engineer, { endpoint: "risk", environment: "staging", version: 1, strategy: "all_at_once" });
    await expect(start()).rejects.toThrow(/Loading it runs code\. model\.pkl: This is a Python pickle/);
    expect(await previewRollout(stage.engineer, { endpoint: "risk", environment: "staging", version: 1 })).toMatchObject({ release: { isAllowed: false }, schema: null, runtime: { canServe: true, url: null } });
    await revisePolicy(stage.engineer, "staging", allowing(true));
    expect((await start()).phase).toBe("PENDING");
  });
});

describe("the server of a version", () => {
  it("is probed with the model's own example; dead, it is unavailable until it answers again", async () => {
    await registerBundle();
    await makeRuntime();
    const server = await startScoringServer(1);
    const { port } = new URL(server.url);
    await setModelServer(stage.engineer, "risk", 1, "mlflow", `${server.url}/invocations`);
    expect(await fitOf("mlflow")).toMatchObject({ url: server.url, state: null });
    await look();
    expect(await fitOf("mlflow")).toMatchObject({ state: "READY", stateReason: null, verified: expect.stringContaining("own input example") as string });
    expect(server.asked.map(({ body }) => body)).toEqual(['{"dataframe_split":{"columns":["age","city"],"data":[[1,1]]}}']);
    await server.close();
    await look();
    expect(await fitOf("mlflow")).toMatchObject({ state: "UNAVAILABLE", stateReason: expect.stringContaining("can't be reached") as string });
    await look();
    expect((await fitOf("mlflow"))?.state).toBe("UNAVAILABLE");
    const again = await startScoringServer(1, Number(port));
    await look();
    expect((await fitOf("mlflow"))?.state).toBe("READY");
    expect(again.asked).toHaveLength(1);
    again.answerWith({ status: 400, body: '{"message": "no column age"}' });
    await deleteModelServer(stage.engineer, "risk", 1, "mlflow");
    await setModelServer(stage.engineer, "risk", 1, "mlflow", again.url);
    await look();
    expect(await fitOf("mlflow")).toMatchObject({ state: "UNAVAILABLE", stateReason: expect.stringMatching(/input example: no column age.*Does it serve risk v1/) as string });
    await again.close();
    expect(await listRuntimes(stage.engineer)).toMatchObject([{ kind: "mlflow", models: [{ model: "risk", version: 1, url: again.url }] }, { kind: "onnx" }]);
  });

  it.each([
    ["http://169.254.169.254", /may never be called/],
    ["http://10.0.0.1:5001", /SLIPWAY_RUNTIME_ALLOWED_HOSTS/],
    ["http://127.0.0.1:3000", /belongs to Slipway/],
    ["file:///etc/passwd", /Only http/],
  ])("is not at %s", async (url, reason) => {
    await registerBundle();
    await makeRuntime();
    await expect(setModelServer(stage.engineer, "risk", 1, "mlflow", url)).rejects.toThrow(reason);
  });

  it("holds one version, is named by maintainers, and only where the version can be served", async () => {
    await registerBundle();
    await registerBundle({ seed: 2 });
    await makeRuntime();
    await setModelServer(stage.engineer, "risk", 1, "mlflow", "http://127.0.0.1:5999");
    await expect(setModelServer(stage.engineer, "risk", 2, "mlflow", "http://127.0.0.1:5999/")).rejects.toThrow(/registered as the server of risk v1/);
    await expect(setModelServer(stage.engineer, "risk", 1, "onnx", "http://127.0.0.1:5998")).rejects.toThrow(/loads versions by itself/);
    const viewer = await testContext(deps, { roles: ["viewer"], workspace: stage.engineer.workspace });
    await expect(setModelServer(viewer, "risk", 1, "mlflow", "http://127.0.0.1:5998")).rejects.toThrow(/maintainer/);
    await expect(createRuntime(viewer, { name: "other", kind: "mlflow" })).rejects.toThrow(/maintainer/);
    await makeVersion(deps, stage.engineer, "odd", { "readme.md": new TextEncoder().encode("nothing") });
    await expect(setModelServer(stage.engineer, "odd", 1, "mlflow", "http://127.0.0.1:5997")).rejects.toThrow(/unverified/);
    await expect(createRuntime(stage.engineer, { name: "mlflow", kind: "mlflow" })).rejects.toThrow(/already a runtime/);
    await expect(deleteRuntime(stage.engineer, "onnx", "not wanted")).rejects.toThrow(/bundled/);
    await createRuntime(stage.engineer, { name: "other", kind: "mlflow" });
    await deleteRuntime(stage.engineer, "other", "not wanted");
  });
});

describe("a rollout between two servers", () => {
  it("releases the first, warns about the second, and rolls back what no server answers for", async () => {
    await revisePolicy(stage.engineer, "staging", allowing(true));
    await registerBundle();
    await registerBundle({ seed: 2, inputs: [{ name: "age", type: "long" }, { name: "zip", type: "string" }] });
    await makeRuntime();
    await createEndpoint(stage.engineer, { name: "risk", environment: "staging", model: "risk", runtime: "mlflow", championAlias: "champion", isAnonymous: false, timeoutMs: 1_000 });
    const [first, second] = [await startScoringServer(1), await startScoringServer(2)];
    await setModelServer(stage.engineer, "risk", 1, "mlflow", first.url);
    const release = async (version: number): Promise<string> => {
      const { id } = await startRollout(stage.engineer, { endpoint: "risk", environment: "staging", version, strategy: "all_at_once" });
      return tickUntil(stage, parseId("rollout", id), (phase) => ended(phase) || phase === "POST_BAKE");
    };
    expect(["SUCCEEDED", "POST_BAKE"]).toContain(await release(1));
    await expect(deleteModelServer(stage.engineer, "risk", 1, "mlflow")).rejects.toThrow(/serves, mirrors or keeps/);
    await expect(setModelServer(stage.engineer, "risk", 1, "mlflow", "http://127.0.0.1:5996")).rejects.toThrow(/moves only to one that answers/);

    const preview = await previewRollout(stage.engineer, { endpoint: "risk", environment: "staging", version: 2 });
    expect(preview).toMatchObject({ release: { isAllowed: true }, schema: { against: 1, verdict: "breaking" }, runtime: { canServe: true, url: null } });
    expect(preview.schema?.changes.map(({ name, change }) => [name, change])).toEqual([["age", "type"], ["zip", "added"], ["city", "removed"]]);
    expect(await release(2)).toBe("ROLLED_BACK");

    await setModelServer(stage.engineer, "risk", 2, "mlflow", second.url);
    expect(["SUCCEEDED", "POST_BAKE"]).toContain(await release(2));
    expect(second.asked[0]?.body).toContain('"zip"');
    await first.close();
    await second.close();
  });
});

describe("two versions compared", () => {
  it("by schema, flavours, packages and files", async () => {
    await registerBundle();
    await registerBundle({ seed: 2, inputs: [{ name: "age", type: "double" }] });
    const comparison = await compareVersions(stage.engineer, "risk", 1, 2);
    expect(comparison).toMatchObject({ schema: { verdict: "breaking", changes: [{ side: "input", name: "city", change: "removed" }] }, packages: [{ name: "scikit-learn", before: "==1.9.1", after: "==1.9.2" }], samePackages: 1, metrics: [], sameFiles: 0 });
    expect(comparison.flavors).toContainEqual({ name: "sklearn", before: "1.9.1, cloudpickle", after: "1.9.2, cloudpickle" });
    expect(comparison.files.map(({ path }) => path)).toEqual(["MLmodel", "model.pkl", "requirements.txt", "serving_input_example.json"]);
    expect((await needVersion(deps.db, stage.engineer.workspace.id, "risk", 2)).number).toBe(2);
  });
});
