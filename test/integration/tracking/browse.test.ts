import { Readable } from "node:stream";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { putArtifact } from "@/lib/artifacts/server";
import { isAppError } from "@/lib/core/errors";
import { changeExperiment, changeRun, countRuns, listChildRuns, listExperiments, listFiles, listRunKeys, listRuns, makeExperiment, moveExperiment, moveRuns, openOwnFile, readExperiment, readRun, registerRun } from "@/lib/tracking/server";
import { createRun } from "@/lib/tracking/service-create-run";
import { createLoggedModel } from "@/lib/tracking/service-logged-models";
import { logBatch, logInputs, logOutputs } from "@/lib/tracking/service-metrics";
import { updateRun } from "@/lib/tracking/service-runs";

import { testDeps, type TestDeps } from "../../support/deps";
import { testContext } from "../../support/factories";

type Person = Awaited<ReturnType<typeof testContext>>;
let deps: TestDeps;
let me: Person;
let number: number;
beforeAll(async () => {
  deps = await testDeps();
  me = await testContext(deps, { roles: ["contributor"] });
  number = (await makeExperiment(me, { name: "credit" })).number;
});
afterAll(() => deps.close());

const noTags: { key: string; value: string }[] = [];
let clock = 1_000_000;
const makeRun = async (name: string, { metrics = {}, params = {}, parent, experiment = number }: { metrics?: Record<string, number>; params?: Record<string, string>; parent?: string; experiment?: number } = {}): Promise<string> => {
  clock += 1_000;
  const { runId } = await createRun(me, { experimentId: String(experiment), userId: "mara", name, startTime: clock, tags: parent === undefined ? noTags : [{ key: "mlflow.parentRunId", value: parent }] });
  await logBatch(me, runId, { metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp: clock, step: 1 })), params: Object.entries(params).map(([key, value]) => ({ key, value })), tags: noTags });
  return runId;
};
const list = { stage: "active", nested: "flat", direction: "desc", limit: 50 } as const;
const put = (path: string, text: string) => putArtifact(me, path, { source: Readable.from([Buffer.from(text)]) });

describe("the runs of an experiment", () => {
  let ids: string[];
  beforeAll(async () => {
    ids = [await makeRun("low", { metrics: { auc: 0.7, loss: 2 }, params: { depth: "3" } }), await makeRun("high", { metrics: { auc: 0.9 }, params: { depth: "5" } }), await makeRun("none")];
  });

  test("come newest first, with the chosen columns and no others", async () => {
    const { items, nextCursor } = await listRuns(me, number, { ...list, column: ["metrics.auc", "params.depth", "tags.mlflow.runName"] });
    expect(items.map(({ name }) => name)).toEqual(["none", "high", "low"]);
    expect(items[2]).toMatchObject({ metrics: { auc: 0.7 }, params: { depth: "3" }, tags: { "mlflow.runName": "low" }, status: "RUNNING", userName: "mara" });
    expect(Object.keys(items[2]?.metrics ?? {})).toEqual(["auc"]);
    expect(nextCursor).toBeNull();
  });

  test("are filtered, sorted with what lacks the value last both ways, paged and counted", async () => {
    const names = async (given: object): Promise<string[]> => (await listRuns(me, number, { ...list, ...given })).items.map(({ name }) => name);
    expect(await names({ filter: "metrics.auc > 0.8" })).toEqual(["high"]);
    expect(await names({ sort: "metrics.auc", direction: "desc" })).toEqual(["high", "low", "none"]);
    expect(await names({ sort: "metrics.auc", direction: "asc" })).toEqual(["low", "high", "none"]);
    const first = await listRuns(me, number, { ...list, limit: 2 });
    const second = await listRuns(me, number, { ...list, limit: 2, cursor: first.nextCursor ?? "" });
    expect([...first.items, ...second.items].map(({ name }) => name)).toEqual(["none", "high", "low"]);
    expect(second.nextCursor).toBeNull();
    expect(await countRuns(me, number, { ...list, filter: "params.depth = '3'" })).toEqual({ count: 1, isExact: true });
    expect(await names({ status: "FINISHED,FAILED" })).toEqual([]);
  });

  test.each([
    ["filter", { filter: "metrics.auc >" }],
    ["filter", { filter: "metrics.auc > 0.8 'x'" }],
    ["sort", { sort: "planets.size" }],
    ["status", { status: "SLEEPING" }],
  ])("a wrong %s is named as such: %o", async (name, given) => {
    const error: unknown = await listRuns(me, number, { ...list, ...given }).catch((cause: unknown) => cause);
    expect(isAppError(error) && error.kind).toBe("invalid");
    expect(isAppError(error) && error.invalidParams.map((param) => param.name)).toEqual([name]);
  });

  test("tell their names of metrics, params and tags", async () => {
    const keys = await listRunKeys(me, number);
    expect(keys.metrics).toEqual(["auc", "loss"]);
    expect(keys.params).toEqual(["depth"]);
    expect(keys.varyingParams).toEqual(["depth"]);
    expect(keys.tags).toContain("mlflow.runName");
    expect((await listRunKeys(me, number, "LO")).metrics).toEqual(["loss"]);
  });

  test("NaN and infinities reach the wire as words", async () => {
    const runId = await makeRun("odd", { metrics: { odd: NaN, far: -Infinity } });
    const { items } = await listRuns(me, number, { ...list, column: ["metrics.odd", "metrics.far"], filter: `attributes.run_id = '${runId}'` });
    expect(items[0]?.metrics).toEqual({ odd: "NaN", far: "-Infinity" });
    await moveRuns(me, [runId], "deleted");
  });

  test("are deleted and restored together, or not at all", async () => {
    const some = ids.slice(0, 2);
    expect(await moveRuns(me, some, "deleted")).toBe(2);
    expect(await moveRuns(me, some, "deleted")).toBe(0);
    expect((await listRuns(me, number, list)).items).toHaveLength(1);
    expect((await listRuns(me, number, { ...list, stage: "deleted" })).items.map(({ name }) => name)).toEqual(expect.arrayContaining(["low", "high"]));
    await expect(moveRuns(me, [...some, "f".repeat(32)], "active")).rejects.toMatchObject({ kind: "not_found" });
    expect((await readRun(me, some[0] ?? "")).stage).toBe("deleted");
    expect(await moveRuns(me, some, "active")).toBe(2);
  });

  test("nest in a parent, which knows how many it has", async () => {
    const parent = await makeRun("search");
    const child = await makeRun("trial", { parent, metrics: { auc: 0.5 } });
    const top = await listRuns(me, number, { ...list, nested: "top" });
    expect(top.items.find(({ runId }) => runId === parent)?.childCount).toBe(1);
    expect(top.items.some(({ runId }) => runId === child)).toBe(false);
    expect((await listChildRuns(me, parent, { stage: "active", column: ["metrics.auc"], limit: 10 })).items).toMatchObject([{ runId: child, metrics: { auc: 0.5 } }]);
    expect((await readRun(me, child)).parent).toEqual({ runId: parent, name: "search" });
    expect((await readRun(me, parent)).childCount).toBe(1);
  });

  test("belong to their workspace alone", async () => {
    const stranger = await testContext(deps, { roles: ["maintainer"] });
    await expect(readRun(stranger, ids[0] ?? "")).rejects.toMatchObject({ kind: "not_found" });
    await expect(moveRuns(stranger, [ids[0] ?? ""], "deleted")).rejects.toMatchObject({ kind: "not_found" });
    await expect(listRuns(stranger, number, list)).rejects.toMatchObject({ kind: "not_found" });
  });
});

describe("an experiment", () => {
  test("is made, found by a part of its name, renamed, tagged, deleted with its runs and restored", async () => {
    const made = await makeExperiment(me, { name: "Churn 2026", tags: { team: "growth" } });
    const runId = await makeRun("one", { experiment: made.number });
    expect((await listExperiments(me, { q: "churn", stage: "active", limit: 10 })).items).toMatchObject([{ name: "Churn 2026", runs: { count: 1, isExact: true }, tags: { team: "growth" } }]);
    expect(await changeExperiment(me, made.number, { name: "Churn", tags: { team: null, note: "x" } })).toMatchObject({ name: "Churn", tags: { note: "x" } });
    expect((await moveExperiment(me, made.number, "deleted")).stage).toBe("deleted");
    expect((await readRun(me, runId)).stage).toBe("deleted");
    expect((await listExperiments(me, { stage: "deleted", limit: 10 })).items.map(({ name }) => name)).toEqual(["Churn"]);
    expect((await moveExperiment(me, made.number, "active")).stage).toBe("active");
    expect((await readExperiment(me, made.number)).runs.count).toBe(1);
  });

  test("is only read by a viewer", async () => {
    const viewer = await testContext(deps, { roles: ["viewer"], workspace: me.workspace });
    expect((await readExperiment(viewer, number)).name).toBe("credit");
    for (const attempt of [makeExperiment(viewer, { name: "x" }), changeExperiment(viewer, number, { name: "x" }), moveExperiment(viewer, number, "deleted"), moveRuns(viewer, ["0".repeat(32)], "deleted")]) {
      await expect(attempt).rejects.toMatchObject({ kind: "forbidden" });
    }
  });
});

describe("a run", () => {
  test("shows its metrics, datasets with schema, models and note; the note is written and removed", async () => {
    const runId = await makeRun("full", { metrics: { auc: 0.8 }, params: { depth: "4" } });
    await logInputs(me, runId, { datasets: [{ name: "train", digest: "abc", sourceType: "local", source: "{}", schema: '{"mlflow_colspec":[{"name":"x","type":"double"}]}', profile: null, tags: [{ key: "mlflow.data.context", value: "training" }] }], modelIds: [] });
    const read = await createLoggedModel(me, { experimentId: String(number), name: "base", modelType: "", sourceRunId: undefined, params: noTags, tags: noTags });
    await logInputs(me, runId, { datasets: [], modelIds: [read.modelId] });
    const model = await createLoggedModel(me, { experimentId: String(number), name: "m", modelType: "", sourceRunId: runId, params: noTags, tags: noTags });
    await logOutputs(me, runId, [{ modelId: model.modelId, step: 0 }]);
    expect(await changeRun(me, runId, { name: "renamed", note: "**bold**", tags: { team: "risk" } })).toMatchObject({ name: "renamed", note: "**bold**" });
    const run = await readRun(me, runId);
    expect(run).toMatchObject({ experimentName: "credit", metrics: [{ key: "auc", value: 0.8, step: 1 }], params: [{ key: "depth", value: "4" }], datasets: [{ name: "train", context: "training" }], models: [{ modelId: model.modelId, name: "m" }], modelInputs: [{ modelId: read.modelId, name: "base", sourceRunId: null }] });
    expect(run.tags).toContainEqual({ key: "team", value: "risk" });
    const after = await changeRun(me, runId, { note: "", tags: { team: null, never: null } });
    expect(after.note).toBe("");
    expect(after.tags.some(({ key }) => key === "team")).toBe(false);
  });

  test("lists its files folder by folder, opens one, and refuses paths that lead elsewhere", async () => {
    const runId = await makeRun("files");
    const { artifactUri } = await readRun(me, runId);
    const root = artifactUri.replace(/^mlflow-artifacts:\/+/, "");
    await put(`${root}/plots/loss curve.png`, "png");
    for (const name of ["b.txt", "a.txt"]) await put(`${root}/${name}`, name);
    const first = await listFiles(me, { kind: "run", id: runId }, { path: "", limit: 2 });
    expect(first.items).toEqual([{ path: "plots", isFolder: true, size: null }, { path: "a.txt", isFolder: false, size: 5 }]);
    const second = await listFiles(me, { kind: "run", id: runId }, { path: "", limit: 2, cursor: first.nextCursor ?? "" });
    expect(second).toEqual({ items: [{ path: "b.txt", isFolder: false, size: 5 }], nextCursor: null });
    const opened = await openOwnFile(me, { kind: "run", id: runId }, "plots/loss curve.png");
    expect(opened.size).toBe(3);
    opened.stream.destroy();
    for (const path of ["../x", "%2e%2e/x", "plots/../../x", "/etc/passwd"]) await expect(openOwnFile(me, { kind: "run", id: runId }, path)).rejects.toMatchObject({ kind: "invalid" });
  });

  test("becomes a version of a new model, then of the same one; nothing of it when there are no files", async () => {
    const runId = await makeRun("source");
    await updateRun(me, runId, { status: "FINISHED", endTime: clock, name: undefined });
    const root = (await readRun(me, runId)).artifactUri.replace(/^mlflow-artifacts:\/+/, "");
    await expect(registerRun(me, runId, { model: "nothing", path: "model" })).rejects.toMatchObject({ code: "run.no_files" });
    await put(`${root}/model/MLmodel`, "flavors: {}");
    expect(await registerRun(me, runId, { model: "scored", path: "model" })).toMatchObject({ model: "scored", number: 1, runId });
    expect(await registerRun(me, runId, { model: "scored", path: "model", description: "again" })).toMatchObject({ number: 2, description: "again" });
    expect((await readRun(me, runId)).versions.map(({ model, number: version }) => `${model} v${version}`)).toEqual(["scored v2", "scored v1"]);
    expect((await listRuns(me, number, { ...list, filter: `attributes.run_id = '${runId}'` })).items[0]?.versions).toHaveLength(2);
    const other = await makeRun("other");
    const model = await createLoggedModel(me, { experimentId: String(number), name: "m", modelType: "", sourceRunId: other, params: noTags, tags: noTags });
    await expect(registerRun(me, runId, { model: "scored", loggedModelId: model.modelId })).rejects.toMatchObject({ code: "run.not_its_model" });
    await expect(registerRun(me, runId, { model: "scored" })).rejects.toMatchObject({ code: "run.register_what" });
  });
});
