import { randomBytes } from "node:crypto";

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { collectStorage, deleteArtifacts, openArtifact, putArtifact, uploadBlob } from "@/lib/artifacts/server";
import { setWebDeps } from "@/lib/http/deps";
import { bootstrapInstallation } from "@/lib/identity/server";
import type { Context } from "@/lib/platform/context";
import { createModel, createVersion, deleteVersion, getVersion, releaseDeletedVersions } from "@/lib/registry/server";
import { sha256Hex } from "@/lib/platform/keys";
import { purgeDeleted } from "@/lib/tracking/server";

import { testDeps, type TestDeps } from "../../support/deps";
import { testContext } from "../../support/factories";
import { handleMlflow } from "../../support/mlflow";
import { digitsModel, makeVersion, runInspections, sourceOf } from "../../support/models";

const token = "slp_test_administrator_0123456789";
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const always = (): boolean => true;
let deps: TestDeps;
let ctx: Context;

beforeAll(async () => {
  deps = await testDeps({ at: new Date() });
  setWebDeps(deps);
  await bootstrapInstallation(deps, { token });
  await deps.db.apiToken.updateMany({ data: { expiresAt: new Date("2099-01-01T00:00:00Z") } }); // these tests take months
  const workspace = await deps.db.workspace.findFirstOrThrow({ where: { name: "default" }, select: { id: true, name: true } });
  ctx = await testContext(deps, { workspace });
});
afterAll(() => deps.close());
beforeEach(() => void (deps.jobs.sent.length = 0));

const put = (path: string, bytes: Uint8Array = randomBytes(100)) => putArtifact(ctx, path, { source: sourceOf(bytes) });
const api = async (path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> => {
  const answer = await handleMlflow(new Request(`http://127.0.0.1:3000/api/2.0/mlflow/${path}`, {
    method: body === undefined ? "GET" : "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }));
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const ok = async (path: string, body?: unknown): Promise<Record<string, unknown>> => {
  const answer = await api(path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
};
const newExperiment = async (name: string): Promise<string> => ((await ok("experiments/create", { name })) as { experiment_id: string }).experiment_id;
const newRun = async (experimentId = "0"): Promise<string> => {
  const { run } = (await ok("runs/create", { experiment_id: experimentId, start_time: 1 })) as { run: { info: { run_id: string } } };
  const runId = run.info.run_id;
  await ok("runs/log-batch", { run_id: runId, metrics: [{ key: "loss", value: 1, timestamp: 1 }, { key: "loss", value: 2, timestamp: 2, step: 1 }], params: [{ key: "lr", value: "0.1" }], tags: [{ key: "team", value: "red" }] });
  await ok("runs/log-inputs", { run_id: runId, datasets: [{ dataset: { name: "iris", digest: "d1", source_type: "http", source: "x" } }] });
  await put(`${experimentId}/${runId}/artifacts/model/model.onnx`, await digitsModel());
  await put(`${experimentId}/${runId}/artifacts/notes.txt`);
  return runId;
};
/** Moves time and everything that the collector does in it, as if it had beaten all along. */
const pass = async (ms: number): Promise<void> => {
  deps.clock.advance(ms);
  await releaseDeletedVersions(deps, always);
  await purgeDeleted(deps, always);
  await collectStorage(deps, always);
};
const isStored = async (sha256: string): Promise<boolean> => (await deps.blobs.size(sha256)) !== undefined;
const counts = async (runId: string) => {
  const run = await deps.db.run.findFirst({ where: { runId } });
  return { run: run !== null, artifacts: await deps.db.artifact.count({ where: { path: { contains: runId } } }) };
};

describe("blobs that nothing refers to", () => {
  test("go a day after they were last touched, their bytes once the files are old too, and the workspace's sum with them", async () => {
    const { sha256 } = await put("0/gone.txt");
    const kept = await put("0/kept.txt");
    await deleteArtifacts(ctx, "0/gone.txt");
    await pass(23 * hourMs);
    expect(await deps.db.blob.count({ where: { sha256 } })).toBe(1);
    await pass(2 * hourMs);
    expect(await deps.db.blob.count({ where: { sha256 } })).toBe(0);
    expect(await isStored(sha256)).toBe(true); // an upload of the same bytes may be on its way
    await pass(2 * hourMs);
    expect(await isStored(sha256)).toBe(false);
    expect(await isStored(kept.sha256)).toBe(true);
    const [sum, rows] = [await deps.db.workspaceStorage.aggregate({ _sum: { bytes: true, blobs: true } }), await deps.db.blob.aggregate({ _sum: { size: true }, _count: true })];
    expect([sum._sum.bytes, Number(sum._sum.blobs)]).toEqual([rows._sum.size, rows._count]);
    const events = await deps.db.auditEvent.findMany({ where: { action: "storage.collect" } });
    expect(events.length).toBeGreaterThan(0);
  });

  test("stay when the same bytes come again in time, and when another workspace has them", async () => {
    const bytes = randomBytes(50);
    const { sha256 } = await uploadBlob(ctx, { source: sourceOf(bytes) });
    await pass(23 * hourMs);
    await uploadBlob(ctx, { source: sourceOf(bytes) });
    await pass(5 * hourMs);
    expect(await deps.db.blob.count({ where: { sha256 } })).toBe(1);
    const other = await testContext(deps);
    await putArtifact(other, "theirs.bin", { source: sourceOf(bytes) });
    await pass(30 * hourMs);
    await pass(2 * hourMs);
    expect(await deps.db.blob.findMany({ where: { sha256 }, select: { workspaceId: true } })).toEqual([{ workspaceId: other.workspace.id }]);
    expect(await isStored(sha256)).toBe(true);
  });

  test("of a version stay as long as it does; of one that was deleted they go after their time, unless it was deployed", async () => {
    await makeVersion(deps, ctx, "kept", { "model.onnx": await digitsModel("challenger"), "a.txt": randomBytes(10) });
    await makeVersion(deps, ctx, "dropped", { "model.onnx": await digitsModel("harmful"), "b.txt": randomBytes(10) });
    const shaOf = async (name: string): Promise<string> => (await deps.db.manifestEntry.findFirstOrThrow({ where: { path: name } })).sha256;
    const [kept, dropped] = [await shaOf("a.txt"), await shaOf("b.txt")];
    const { manifestDigest } = await getVersion(ctx, "dropped", 1);
    await deleteVersion(ctx, "dropped", 1);
    await pass(29 * dayMs);
    expect(await isStored(dropped)).toBe(true);
    for (let day = 0; day < 4; day += 1) await pass(dayMs);
    expect([await isStored(kept), await isStored(dropped)]).toEqual([true, false]);
    expect(await deps.db.manifest.count({ where: { digest: manifestDigest ?? "" } })).toBe(0);
    expect(await deps.db.modelVersion.count({ where: { manifestDigest } })).toBe(1); // its row and digest stay for the record
  });

  test("that never got a row are found in the store", async () => {
    const { sha256 } = await deps.blobs.put(sourceOf(randomBytes(40)), { maxBytes: 100 });
    await pass(30 * hourMs);
    await pass(2 * hourMs);
    expect(await isStored(sha256)).toBe(false);
  });
});

describe("deleted runs", () => {
  test("come back until their time is over, and are gone without a trace after it", async () => {
    const [gone, restored, active] = [await newRun(), await newRun(), await newRun()];
    const { seq } = await deps.db.run.findFirstOrThrow({ where: { runId: gone } });
    for (const run_id of [gone, restored]) await ok("runs/delete", { run_id });
    await pass(29 * dayMs);
    await ok("runs/restore", { run_id: restored });
    await pass(2 * dayMs);
    expect(await counts(gone)).toEqual({ run: false, artifacts: 0 });
    for (const runId of [restored, active]) expect(await counts(runId)).toEqual({ run: true, artifacts: 2 });
    expect(await deps.db.metricPoint.count({ where: { runSeq: seq } })).toBe(0);
    expect(await deps.db.metricLeftover.count()).toBe(0);
    const { status, body } = await api("runs/restore", { run_id: gone });
    expect([status, body["error_code"]]).toEqual([404, "RESOURCE_DOES_NOT_EXIST"]);
    const event = await deps.db.auditEvent.findFirstOrThrow({ where: { action: "run.purge" } });
    expect(event.canonical).toContain(gone);
    expect(event.canonical).toContain('"runs":1');
    (await openArtifact(ctx, `0/${active}/artifacts/notes.txt`)).stream.destroy();
  });

  test("that a version was made from stay, with their lineage", async () => {
    const [held, viaModel, released] = [await newRun(), await newRun(), await newRun()];
    await createModel(ctx, { name: "from-runs" });
    const { model } = (await ok("logged-models", { experiment_id: "0", name: "m", source_run_id: viaModel })) as { model: { info: { model_id: string } } };
    await put(`0/models/${model.info.model_id}/artifacts/model.onnx`, await digitsModel());
    await ok("model-versions/create", { name: "from-runs", source: `mlflow-artifacts:/0/${held}/artifacts/model`, run_id: held });
    await ok("model-versions/create", { name: "from-runs", source: `models:/${model.info.model_id}`, model_id: model.info.model_id });
    await ok("model-versions/create", { name: "from-runs", source: `mlflow-artifacts:/0/${released}/artifacts/model`, run_id: released });
    await runInspections(deps);
    for (const run_id of [held, viaModel, released]) await ok("runs/delete", { run_id });
    await deps.db.loggedModel.updateMany({ where: { modelId: model.info.model_id }, data: { deletedAt: deps.clock.current() } });
    await deleteVersion(ctx, "from-runs", 3);
    await pass(31 * dayMs);
    await pass(dayMs);
    for (const runId of [held, viaModel]) expect((await counts(runId)).run).toBe(true);
    expect((await counts(released)).run).toBe(false);
    expect(await deps.db.loggedModel.count({ where: { modelId: model.info.model_id } })).toBe(1);
    expect((await getVersion(ctx, "from-runs", 1)).status).toBe("ready");
  });

  test("with a long history go in batches", async () => {
    const runId = await newRun();
    const { seq } = await deps.db.run.findFirstOrThrow({ where: { runId } });
    await deps.db.$executeRaw`INSERT INTO metric_point (run_seq, key_id, step, ts, value) SELECT ${seq}, 1, n, n, n FROM generate_series(10, 45_000) n`;
    await ok("runs/delete", { run_id: runId });
    deps.clock.advance(31 * dayMs);
    let steps = 0;
    await purgeDeleted(deps, () => (steps += 1) <= 6); // stopped in the middle, as by its budget or a kill
    expect((await counts(runId)).run).toBe(false);
    expect(await deps.db.metricPoint.count({ where: { runSeq: seq } })).toBeGreaterThan(0);
    await purgeDeleted(deps, always);
    expect(await deps.db.metricPoint.count({ where: { runSeq: seq } })).toBe(0);
    expect(await deps.db.metricLeftover.count()).toBe(0);
  });
});

describe("deleted experiments", () => {
  test("go with everything in them; one that holds a version's run stays with that run", async () => {
    const [gone, held] = [await newExperiment("gone"), await newExperiment("held")];
    await newRun(gone);
    await ok("logged-models", { experiment_id: gone, name: "m" });
    const [source, other] = [await newRun(held), await newRun(held)];
    await createModel(ctx, { name: "from-experiment" });
    await ok("model-versions/create", { name: "from-experiment", source: `mlflow-artifacts:/${held}/${source}/artifacts/model`, run_id: source });
    for (const experiment_id of [gone, held]) await ok("experiments/delete", { experiment_id });
    await pass(31 * dayMs);
    expect((await api(`experiments/get?experiment_id=${gone}`)).status).toBe(404);
    expect(await deps.db.artifact.count({ where: { path: { startsWith: `${gone}/` } } })).toBe(0);
    for (const count of [deps.db.run.count({ where: { experimentNumber: Number(gone) } }), deps.db.loggedModel.count({ where: { experimentNumber: Number(gone) } }), deps.db.dataset.count({ where: { experimentNumber: Number(gone) } })]) expect(await count).toBe(0);
    expect((await api(`experiments/get?experiment_id=${held}`)).status).toBe(200);
    expect([(await counts(source)).run, (await counts(other)).run]).toEqual([true, false]);
    await ok("experiments/create", { name: "gone" }); // the name is free again
  });
});

describe("under concurrency", () => {
  test("no upload, registration or restore ever loses what it refers to", async () => {
    // Everything is due at once: uploads, registrations, deletions and collectors race for the same few contents.
    const racing = await testDeps({ env: { SLIPWAY_GC_DELETED_AFTER: "0s", SLIPWAY_GC_ORPHANS_AFTER: "0s" } });
    racing.clock.useDatabase();
    try {
      const owner = await testContext(racing);
      await createModel(owner, { name: "raced" });
      const contents = Array.from({ length: 4 }, (_, index) => Buffer.from(`content ${index}`));
      const endsAt = performance.now() + 6_000;
      const isOn = (): boolean => performance.now() < endsAt;
      let uploads = 0;
      let lost = 0;
      let versions = 0;
      const refused: string[] = [];
      const tolerant = async (work: () => Promise<unknown>): Promise<boolean> => {
        try {
          await work();
          return true;
        } catch (error) {
          const code = (error as { code?: string }).code ?? String(error);
          refused.push(code);
          return false;
        }
      };
      const upload = async (writer: number): Promise<void> => {
        for (let turn = 0; isOn(); turn += 1) {
          const bytes = contents[(turn + writer) % contents.length] ?? Buffer.alloc(0);
          const path = `w${writer}/${turn}`;
          if (!(await tolerant(() => putArtifact(owner, path, { source: sourceOf(bytes) })))) continue;
          uploads += 1;
          // Now a path refers to the bytes, so they must be there, whatever was being removed a moment ago.
          if ((await racing.blobs.size(sha256Hex(bytes))) === undefined) lost += 1;
          await deleteArtifacts(owner, path);
        }
      };
      const register = async (): Promise<void> => {
        for (let turn = 0; isOn(); turn += 1) {
          const bytes = contents[turn % contents.length] ?? Buffer.alloc(0);
          const done = await tolerant(async () => {
            const { sha256 } = await uploadBlob(owner, { source: sourceOf(bytes) });
            const { number } = await createVersion(owner, "raced", { files: [{ path: "f", sha256 }] });
            if (turn % 2 === 0) await deleteVersion(owner, "raced", number);
          });
          if (done) versions += 1;
        }
      };
      const collect = async (): Promise<void> => {
        while (isOn()) {
          await releaseDeletedVersions(racing, isOn);
          await collectStorage(racing, isOn);
        }
      };
      await Promise.all([upload(0), upload(1), register(), collect(), collect()]);
      expect(lost).toBe(0);
      expect([uploads > 20, versions > 5], `${uploads} uploads, ${versions} versions`).toEqual([true, true]);
      // What was refused was refused before it referred to anything, and may be repeated.
      expect([...new Set(refused)].filter((code) => !["blob.collected", "manifest.blob_missing", "manifest.files_changed"].includes(code))).toEqual([]);
      for (const { sha256 } of await racing.db.blob.findMany({ where: { OR: [{ artifacts: { some: {} } }, { manifestEntries: { some: {} } }] } })) expect(await racing.blobs.size(sha256), sha256).toBeDefined();
    } finally {
      await racing.close();
    }
  });
});
