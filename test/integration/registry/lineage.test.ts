import { afterAll, beforeAll, expect, test } from "vitest";

import { uploadBlob } from "@/lib/artifacts/server";
import { formatId, newId } from "@/lib/core/ids";
import { createModel, createVersion } from "@/lib/registry/server";
import { type TestDeps, testDeps } from "@/test/support/deps";
import { testContext } from "@/test/support/factories";
import { mlflowBundle } from "@/test/support/mlflow-bundle";
import { sourceOf } from "@/test/support/models";

let deps: TestDeps;
beforeAll(async () => {
  deps = await testDeps();
});
afterAll(() => deps.close());

test("the event of a registration says where the version comes from, by names that never change", async () => {
  const ctx = await testContext(deps);
  const workspaceId = ctx.workspace.id;
  const at = deps.clock.current();
  const { seq: experimentSeq } = await deps.db.experiment.create({ data: { workspaceId, number: 7, name: "churn", artifactLocation: "mlflow-artifacts:/7", createdAt: at, updatedAt: at } });
  const runId = "0123456789abcdef0123456789abcdef";
  const run = await deps.db.run.create({ data: { workspaceId, runId, experimentNumber: 7, name: "brisk-otter", userName: "mara", status: "FINISHED", startTime: 1_700_000_000_000n, endTime: null, artifactUri: "mlflow-artifacts:/7/x", createdAt: at } });
  await deps.db.runParam.createMany({ data: [{ runSeq: run.seq, experimentSeq, key: "alpha", value: "0.5" }, { runSeq: run.seq, experimentSeq, key: "long", value: "x".repeat(3_000) }] });
  await deps.db.runTag.createMany({ data: [{ runSeq: run.seq, experimentSeq, key: "mlflow.source.git.commit", value: "4f1e9ab" }, { runSeq: run.seq, experimentSeq, key: "mlflow.source.name", value: "train.py" }, { runSeq: run.seq, experimentSeq, key: "mlflow.source.type", value: "LOCAL" }, { runSeq: run.seq, experimentSeq, key: "mlflow.parentRunId", value: "f".repeat(32) }] });
  for (const [key, value] of [["auc", 0.81], ["odd", NaN]] as const) {
    const { id } = await deps.db.metricKey.create({ data: { workspaceId, key } });
    await deps.db.metricLatest.create({ data: { runSeq: run.seq, keyId: id, experimentNumber: 7, value, step: 3n, ts: 1n } });
  }
  const datasetId = newId();
  await deps.db.dataset.create({ data: { id: datasetId, workspaceId, experimentNumber: 7, name: "loans 2026", digest: "ab12", sourceType: "s3", source: '{"uri":"s3://loans"}', schema: '{"mlflow_colspec":[]}', profile: '{"num_rows":1}' } });
  await deps.db.runInput.create({ data: { workspaceId, runSeq: run.seq, datasetId, tags: [{ key: "mlflow.data.context", value: "training" }] } });

  await createModel(ctx, { name: "churn" });
  const files = await Promise.all(Object.entries(mlflowBundle()).map(async ([path, bytes]) => ({ path, sha256: (await uploadBlob(ctx, { source: sourceOf(bytes) })).sha256 })));
  const version = await createVersion(ctx, "churn", { files, runId });

  const event = await deps.db.outboxEvent.findFirstOrThrow({ where: { workspaceId, type: "slipway.version.create" } });
  expect(event).toMatchObject({ subject: `version/${version.id}`, schemaVersion: 1 });
  const root = `workspaces/${formatId("workspace", workspaceId)}`;
  expect((event.data as { lineage: unknown }).lineage).toEqual({
    schemaVersion: 1,
    version: { resource: expect.stringMatching(new RegExp(`^${root}/models/mod_[0-9a-f]{32}/versions/${version.id}$`)) as string, number: 1, manifestDigest: `sha256:${version.manifestDigest ?? ""}`, source: version.source, flavors: [{ name: "python_function", version: null }, { name: "sklearn", version: "1.9.1" }] },
    model: { resource: expect.stringContaining(`${root}/models/mod_`) as string },
    loggedModel: null,
    run: {
      resource: `${root}/runs/${runId}`,
      experiment: { resource: `${root}/experiments/7`, name: "churn" },
      name: "brisk-otter",
      status: "FINISHED",
      startTime: "2023-11-14T22:13:20.000Z",
      endTime: null,
      source: { name: "train.py", type: "LOCAL", commit: "4f1e9ab", branch: null, repository: null },
      parent: { resource: `${root}/runs/${"f".repeat(32)}` },
      params: { alpha: "0.5", long: `${"x".repeat(999)}…` },
      metrics: { auc: 0.81, odd: "NaN" },
      datasets: [{ resource: `${root}/datasets/loans%202026@ab12`, name: "loans 2026", digest: "ab12", sourceType: "s3", source: '{"uri":"s3://loans"}', schema: '{"mlflow_colspec":[]}', context: "training" }],
      isCut: false,
    },
  });

  const other = await createVersion(ctx, "churn", { files, runId: "e".repeat(32) });
  const unknown = await deps.db.outboxEvent.findFirstOrThrow({ where: { workspaceId, type: "slipway.version.create", subject: `version/${other.id}` } });
  expect((unknown.data as { lineage: { run: unknown } }).lineage.run).toEqual({ resource: `${root}/runs/${"e".repeat(32)}` });
});
