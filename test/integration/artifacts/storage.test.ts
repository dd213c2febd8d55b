import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { GET } from "@/app/api/slipway/v1/w/[workspace]/storage/route";
import { collectGarbage } from "@/bin/support/collect-garbage";
import { collectStorage, deleteArtifacts, putArtifact } from "@/lib/artifacts/server";
import { setWebDeps } from "@/lib/http/deps";
import { bootstrapInstallation } from "@/lib/identity/server";
import { enforceMonitoringRetention } from "@/lib/monitoring/server";
import type { StorageView } from "@/lib/storage";

import { testDeps, type TestDeps } from "../../support/deps";
import { testContext } from "../../support/factories";
import { makeVersion, sourceOf } from "../../support/models";

const token = "slp_test_administrator_0123456789";
const dayMs = 86_400_000;
let deps: TestDeps;

beforeAll(async () => {
  deps = await testDeps({ at: new Date(), env: { SLIPWAY_WORKSPACE_MAX_BYTES: "1MB", SLIPWAY_GC_DELETED_AFTER: "10d", SLIPWAY_GC_ORPHANS_AFTER: "12h" } });
  setWebDeps(deps);
  await bootstrapInstallation(deps, { token });
});
afterAll(() => deps.close());

const read = async (): Promise<StorageView> => {
  const answer = await GET(new Request("http://127.0.0.1:3000/api/slipway/v1/w/default/storage", { headers: { authorization: `Bearer ${token}` } }), { params: Promise.resolve({ workspace: "default" }) });
  expect(answer.status).toBe(200);
  return (await answer.json()) as StorageView;
};

describe("what a workspace stores", () => {
  test("is told by kind, with what goes when", async () => {
    const workspace = await deps.db.workspace.findFirstOrThrow({ where: { name: "default" }, select: { id: true, name: true } });
    const ctx = await testContext(deps, { workspace });
    const put = (path: string, text: string) => putArtifact(ctx, path, { source: sourceOf(Buffer.from(text)) });
    await put("0/a.txt", "of a path"); // 9
    await put("0/both.txt", "of both"); // 7
    await put("0/gone.txt", "nobody's"); // 8
    await makeVersion(deps, ctx, "m", { "both.txt": Buffer.from("of both"), "v.txt": Buffer.from("of a version") }, { inspect: false }); // 12
    await deleteArtifacts(ctx, "0/gone.txt");
    const deletedAt = deps.clock.current();
    await deps.db.experiment.upsert({ where: { workspaceId_number: { workspaceId: workspace.id, number: 0 } }, update: {}, create: { workspaceId: workspace.id, number: 0, name: "Default", artifactLocation: "mlflow-artifacts:/0", createdAt: deletedAt, updatedAt: deletedAt } });
    await deps.db.run.create({ data: { workspaceId: workspace.id, runId: "a".repeat(32), experimentNumber: 0, name: "r", userName: "u", status: "FINISHED", lifecycleStage: "deleted", artifactUri: "mlflow-artifacts:/0/x/artifacts", createdAt: deletedAt, deletedAt } });

    expect(await read()).toMatchObject({
      usedBytes: 36, files: 4, limitBytes: 1_000_000, store: { kind: "folder" },
      byKind: { artifacts: { files: 1, bytes: 9 }, versions: { files: 1, bytes: 12 }, shared: { files: 1, bytes: 7 }, pending: { files: 0, bytes: 0 }, unused: { files: 1, bytes: 8 } },
      deleted: { runs: { waiting: 1, due: 0, held: 0, nextPurgeAt: new Date(deletedAt.getTime() + 10 * dayMs).toISOString() }, experiments: { waiting: 0, nextPurgeAt: null } },
      unused: { waiting: { files: 1, bytes: 8 }, due: { files: 0, bytes: 0 } },
      policy: { deletedAfterMs: 10 * dayMs, unusedAfterMs: dayMs / 2 },
      checkedAt: null,
    });

    deps.clock.advance(11 * dayMs);
    const said: string[] = [];
    await collectGarbage(deps, true, (line) => said.push(line));
    expect(said.join("\n")).toMatch(/default: .*4 files\n {2}due now {10}1 run; 1 unused files/);
    expect((await read()).files).toBe(4); // a dry run changes nothing
    said.length = 0;
    await collectGarbage(deps, false, (line) => said.push(line));
    expect(said.join("\n")).toMatch(/Purged 1 run\.\nLet go of 1 unused file/);
    expect(await read()).toMatchObject({ files: 3, usedBytes: 28, deleted: { runs: { waiting: 0, due: 0 } }, checkedAt: expect.any(String) as string });
    expect((await collectStorage(deps, () => true)).blobs).toBe(0);
  });

  test("is not told to strangers", async () => {
    const answer = await GET(new Request("http://127.0.0.1:3000/api/slipway/v1/w/nowhere/storage", { headers: { authorization: `Bearer ${token}` } }), { params: Promise.resolve({ workspace: "nowhere" }) });
    expect(answer.status).toBe(404);
  });
});

test("results of monitors and profiles of windows go after their time, in batches, the young ones stay", async () => {
  const now = deps.clock.current();
  const at = (days: number): Date => new Date(now.getTime() - days * dayMs);
  const { id: workspaceId } = await deps.db.workspace.findFirstOrThrow({ where: { name: "default" }, select: { id: true } });
  const id = "018f0000-0000-7000-8000-000000000000";
  await deps.db.$executeRaw`
    INSERT INTO window_profile (id, workspace_id, endpoint_id, version_id, arm, window_start, grain_seconds, revision, requests, errors, profiled, latency, counts, performance, updated_at)
    SELECT gen_random_uuid(), ${workspaceId}::uuid, ${id}::uuid, ${id}::uuid, 'stable', ${at(91)}::timestamptz + n * interval '1 second', 10, 1, 1, 0, 0, '{}', '{}', '{}', ${now} FROM generate_series(1, 6000) n`;
  await deps.db.$executeRaw`
    INSERT INTO window_profile (id, workspace_id, endpoint_id, version_id, arm, window_start, grain_seconds, revision, requests, errors, profiled, latency, counts, performance, updated_at)
    VALUES (gen_random_uuid(), ${workspaceId}::uuid, ${id}::uuid, ${id}::uuid, 'stable', ${at(89)}, 10, 1, 1, 0, 0, '{}', '{}', '{}', ${now})`;
  await deps.db.$executeRaw`INSERT INTO window_profile_batch (profile_id, workspace_id, batch_id) SELECT id, workspace_id, ${id}::uuid FROM window_profile`;
  await deps.db.consumedBatch.createMany({ data: [{ batchId: id, rows: 1, consumedAt: at(91) }, { batchId: "018f0000-0000-7000-8000-000000000001", rows: 1, consumedAt: at(50) }] });
  expect(await enforceMonitoringRetention(deps)).toEqual({ results: 0, profiles: 6_000, batchMarks: 1 });
  expect([await deps.db.windowProfile.count(), await deps.db.windowProfileBatch.count(), await deps.db.consumedBatch.count()]).toEqual([1, 1, 1]);
  expect(await enforceMonitoringRetention(deps)).toEqual({ results: 0, profiles: 0, batchMarks: 0 });
});
