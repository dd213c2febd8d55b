import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { putArtifact, uploadBlob } from "@/lib/artifacts/server";
import { deleteAlias, setAlias } from "@/lib/governance/server";
import { createModel, createVersion, deleteModel, getVersion, inspectVersion, listModelVersions, listVersionActivity, listVersionFiles, listVersions, openVersionFile, registerSource, updateVersion } from "@/lib/registry/server";

import { testDeps, type TestDeps } from "../../support/deps";
import { testContext, withToken } from "../../support/factories";
import { digitsModel, makeVersion, runInspections, sourceOf } from "../../support/models";

let deps: TestDeps;
beforeAll(async () => {
  deps = await testDeps();
});
afterAll(() => deps.close());

const textOf = async (stream: AsyncIterable<unknown>): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString();
};

describe("a version", () => {
  test("is checking until its inspection says ready, with signature and named features", async () => {
    const ctx = await testContext(deps);
    const names = Array.from({ length: 64 }, (_, index) => `pixel_${index}`);
    const made = await makeVersion(deps, ctx, "digits", { "model.onnx": await digitsModel() }, { featureNames: names, sensitive: ["pixel_3"], inspect: false });
    expect(await getVersion(ctx, "digits", made.number)).toMatchObject({ number: 1, status: "checking", state: "checking", signature: null });

    await runInspections(deps);
    const version = await getVersion(ctx, "digits", 1);
    expect(version).toMatchObject({ status: "ready", state: "registered", format: "onnx", fileCount: 1, inspection: { status: "done", verdict: "clean" } });
    expect(version.signature?.inputs[0]).toMatchObject({ datatype: "FP32", features: names, sensitive: [3] });
    const activity = await listVersionActivity(ctx, "digits", 1, { limit: 10 });
    expect(activity.items.map(({ action }) => action).sort()).toEqual(["version.create", "version.inspect"]);
  });

  test("is refused, with the reason, when its file is not what it says", async () => {
    const ctx = await testContext(deps);
    const made = await makeVersion(deps, ctx, "fake", { "model.onnx": Buffer.from("<html>not a model</html>") });
    const version = await getVersion(ctx, "fake", made.number);
    expect(version).toMatchObject({ status: "refused", state: "refused" });
    expect(version.statusReason).toMatch(/not ONNX/);
  });

  test.each([
    ["too few feature names", { featureNames: ["one"] }, /takes 64 features, but 1 names/],
    ["an unknown sensitive name", { sensitive: ["pixel_x"] }, /"pixel_x" is declared sensitive/],
  ])("is refused for %s", async (_, declared, reason) => {
    const ctx = await testContext(deps);
    await makeVersion(deps, ctx, "digits", { "model.onnx": await digitsModel() }, declared);
    expect((await getVersion(ctx, "digits", 1)).statusReason).toMatch(reason);
  });

  test("of a model that is deleted meanwhile is not made, nor is anything of it", async () => {
    const ctx = await testContext(deps);
    await createModel(ctx, { name: "leaving" });
    await putArtifact(ctx, "1/run/artifacts/model/MLmodel", { source: sourceOf(Buffer.from("flavors:\n  sklearn: {}\n")) });
    const { blobs } = deps;
    const read: typeof blobs.read = async (...asked) => {
      await deleteModel(ctx, "leaving"); // read after the model was found and before the version is inserted
      return blobs.read(...asked);
    };
    const source = { source: "runs:/run/model", folder: "1/run/artifacts/model", runId: null, loggedModelId: null, description: null, tags: {} };
    await expect(registerSource({ ...ctx, deps: { ...ctx.deps, blobs: { ...blobs, read } } }, "leaving", source)).rejects.toMatchObject({ code: "model.not_found", status: 404 });
    expect(await deps.db.inspection.count({ where: { workspaceId: ctx.workspace.id } })).toBe(0);
  });

  test("gets a number of its own, however many register at once", async () => {
    const ctx = await testContext(deps);
    await createModel(ctx, { name: "busy" });
    const { sha256 } = await uploadBlob(ctx, { source: sourceOf(Buffer.from("weights")) });
    const made = await Promise.all(Array.from({ length: 12 }, () => createVersion(ctx, "busy", { files: [{ path: "model.bin", sha256 }] })));
    expect(made.map(({ number }) => number).sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
  });

  test("is settled once, also when two workers take the same inspection", async () => {
    const ctx = await testContext(deps);
    await makeVersion(deps, ctx, "twice", { "model.onnx": await digitsModel() }, { inspect: false });
    const inspectionId = String(deps.jobs.sent.findLast(({ name }) => name === "inspection.inspect")?.payload["inspectionId"]);
    await Promise.all([inspectVersion(deps, inspectionId), inspectVersion(deps, inspectionId)]);
    deps.jobs.sent.length = 0;
    const { items } = await listVersionActivity(ctx, "twice", 1, { limit: 10 });
    expect(items.filter(({ action }) => action === "version.inspect")).toHaveLength(1);
  });

  test("keeps what was frozen when the path is written again", async () => {
    const ctx = await testContext(deps);
    await createModel(ctx, { name: "frozen" });
    await putArtifact(ctx, "0/models/m-1/artifacts/model.onnx", { source: sourceOf(Buffer.from("first")) });
    const { number } = await registerSource(ctx, "frozen", { source: "models:/m-1", folder: "0/models/m-1/artifacts", runId: null, loggedModelId: null, description: null, tags: {} });
    const before = await getVersion(ctx, "frozen", number);
    await putArtifact(ctx, "0/models/m-1/artifacts/model.onnx", { source: sourceOf(Buffer.from("second")) });
    expect((await getVersion(ctx, "frozen", number)).manifestDigest).toBe(before.manifestDigest);
    expect(await textOf((await openVersionFile(ctx, "frozen", number, "model.onnx")).stream)).toBe("first");
  });

  test("from a source that Slipway can't read is unverified and says why", async () => {
    const ctx = await testContext(deps);
    await createModel(ctx, { name: "elsewhere" });
    await registerSource(ctx, "elsewhere", { source: "s3://bucket/model", folder: null, unreadable: "Slipway can't read s3.", runId: null, loggedModelId: null, description: null, tags: {} });
    expect(await getVersion(ctx, "elsewhere", 1)).toMatchObject({ status: "unverified", statusReason: "Slipway can't read s3.", manifestDigest: null });
  });

  test("changes its words, never its files", async () => {
    const ctx = await testContext(deps);
    await makeVersion(deps, ctx, "words", { "model.onnx": await digitsModel() });
    expect(await updateVersion(ctx, "words", 1, { description: "for Monday", tags: { team: "risk" } })).toMatchObject({ description: "for Monday", tags: { team: "risk" } });
    expect((await listVersionFiles(ctx, "words", 1)).items).toHaveLength(1);
  });
});

describe("another workspace", () => {
  test("sees neither versions nor files, and can't borrow blobs by their digest", async () => {
    const owner = await testContext(deps);
    const stranger = await testContext(deps);
    await makeVersion(deps, owner, "secret", { "model.onnx": await digitsModel("harmful") });
    const sha256 = (await listVersionFiles(owner, "secret", 1)).items[0]?.sha256 ?? "";
    await expect(getVersion(stranger, "secret", 1)).rejects.toMatchObject({ kind: "not_found" });
    await expect(openVersionFile(stranger, "secret", 1, "model.onnx")).rejects.toMatchObject({ kind: "not_found" });
    await createModel(stranger, { name: "thief" });
    await expect(createVersion(stranger, "thief", { files: [{ path: "model.onnx", sha256 }] })).rejects.toMatchObject({ code: "manifest.blob_missing" });
    expect((await listVersions(stranger, { limit: 10 })).items).toEqual([]);
  });
});

describe("lists and aliases", () => {
  test("page by keyset without gaps, filtered by status, name and alias", async () => {
    const ctx = await testContext(deps);
    for (let index = 0; index < 3; index++) await makeVersion(deps, ctx, "alpha", { "model.onnx": await digitsModel(), "note.txt": Buffer.from(String(index)) });
    await makeVersion(deps, ctx, "beta", { "model.onnx": Buffer.from("no model") });
    const seen: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page: Awaited<ReturnType<typeof listVersions>> = await listVersions(ctx, { limit: 1, cursor: cursor ?? undefined });
      seen.push(...page.items.map(({ model, number }) => `${model}-${number}`));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect([...seen].sort()).toEqual(["alpha-1", "alpha-2", "alpha-3", "beta-1"]);
    expect((await listVersions(ctx, { limit: 10, status: "refused" })).items.map(({ model }) => model)).toEqual(["beta"]);
    expect((await listVersions(ctx, { limit: 10, q: "ALP" })).items).toHaveLength(3);
    await setAlias(ctx, "alpha", "challenger", 2);
    expect((await listVersions(ctx, { limit: 10, alias: "challenger" })).items).toMatchObject([{ number: 2, state: "candidate", aliases: ["challenger"] }]);
    expect((await listModelVersions(ctx, "alpha", { limit: 2 })).items.map(({ number }) => number)).toEqual([3, 2]);
    await deleteAlias(ctx, "alpha", "challenger");
    expect((await getVersion(ctx, "alpha", 2)).aliases).toEqual([]);
  });

  test("an alias that a production endpoint owns can't be moved by hand", async () => {
    const ctx = await testContext(deps);
    await makeVersion(deps, ctx, "owned", { "model.onnx": await digitsModel() });
    const model = await deps.db.registeredModel.findFirstOrThrow({ where: { workspaceId: ctx.workspace.id, name: "owned" } });
    const environment = await deps.db.environment.findFirstOrThrow({ where: { workspaceId: ctx.workspace.id, isProduction: true } });
    const now = deps.clock.current();
    const runtimeId = crypto.randomUUID();
    await deps.db.runtime.create({ data: { id: runtimeId, workspaceId: ctx.workspace.id, name: "onnx", kind: "onnx", url: "http://127.0.0.1:1", createdAt: now } });
    await deps.db.endpoint.create({ data: { id: crypto.randomUUID(), workspaceId: ctx.workspace.id, environmentId: environment.id, runtimeId, modelId: model.id, name: "digits", championAlias: "champion", createdBy: "test", createdAt: now, updatedAt: now } });
    await expect(setAlias(ctx, "owned", "champion", 1)).rejects.toMatchObject({ kind: "forbidden", code: "alias.protected" });
    await expect(setAlias(withToken(ctx, ["models:write"]), "owned", "champion", 1)).rejects.toMatchObject({ kind: "forbidden" });
    await setAlias(ctx, "owned", "challenger", 1);
  });

  test.each(["latest", "v1", "a b", ""])("refuses the alias %j", async (alias) => {
    const ctx = await testContext(deps);
    await makeVersion(deps, ctx, "named", { "model.onnx": await digitsModel() });
    await expect(setAlias(ctx, "named", alias, 1)).rejects.toMatchObject({ code: "alias.bad_name" });
  });

  test("a viewer reads, and changes nothing", async () => {
    const ctx = await testContext(deps);
    await makeVersion(deps, ctx, "read-only", { "model.onnx": await digitsModel() });
    const viewer = await testContext(deps, { roles: ["viewer"], workspace: ctx.workspace });
    expect(await getVersion(viewer, "read-only", 1)).toMatchObject({ number: 1 });
    await expect(setAlias(viewer, "read-only", "best", 1)).rejects.toMatchObject({ kind: "forbidden" });
    await expect(uploadBlob(viewer, { source: sourceOf(Buffer.from("x")) })).rejects.toMatchObject({ kind: "forbidden" });
  });
});
