import { Readable } from "node:stream";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { putArtifact } from "@/lib/artifacts/server";
import type { Context } from "@/lib/platform/context";
import { compareRuns, listRunImages } from "@/lib/tracking/service-compare";
import { createRun } from "@/lib/tracking/service-create-run";
import { logBatch } from "@/lib/tracking/service-metrics";
import { setRunStage } from "@/lib/tracking/service-runs";
import { deleteSavedView, listSavedViews, saveView } from "@/lib/tracking/service-views";

import { type TestDeps, testDeps } from "../../support/deps";
import { testContext } from "../../support/factories";

let deps: TestDeps;
let ctx: Context;
let stranger: Context;
beforeAll(async () => {
  deps = await testDeps();
  ctx = await testContext(deps, { roles: ["contributor"] });
  stranger = await testContext(deps, { roles: ["maintainer"] });
});
afterAll(() => deps.close());

const makeRun = async (name: string, value: number): Promise<string> => {
  const { runId } = await createRun(ctx, { experimentId: "0", userId: "mara", name, startTime: 1_700_000_000_000, tags: [] });
  await logBatch(ctx, runId, { metrics: [{ key: "auc", value, step: 0, timestamp: 1 }], params: [{ key: "depth", value: "3" }], tags: [{ key: "team", value: "risk" }] });
  return runId;
};

describe("runs side by side", () => {
  it("come in the order asked for, with what is missing named", async () => {
    const [a, b] = [await makeRun("a", 0.8), await makeRun("b", NaN)];
    const gone = "f".repeat(32);
    const { runs, missing, activeRuns, experiment } = await compareRuns(ctx, 0, [b, gone, a]);
    expect(runs.map(({ name }) => name)).toEqual(["b", "a"]);
    expect(runs.map(({ metrics }) => metrics)).toEqual([[{ key: "auc", value: "NaN" }], [{ key: "auc", value: 0.8 }]]);
    expect(runs[0]).toMatchObject({ params: [{ key: "depth", value: "3" }], datasets: [], models: 0, versions: [], startedAt: "2023-11-14T22:13:20.000Z" });
    expect({ missing, activeRuns, experiment }).toEqual({ missing: [gone], activeRuns: 2, experiment: { number: 0, name: "Default" } });
    await setRunStage(ctx, a, "deleted");
    expect(await compareRuns(ctx, 0, [a])).toMatchObject({ activeRuns: 1, runs: [{ stage: "deleted" }] });
  });
  it("of another workspace are not there", async () => {
    const runId = await makeRun("mine", 1);
    expect(await compareRuns(stranger, 0, [runId])).toMatchObject({ runs: [], missing: [runId] });
    expect((await listRunImages(stranger, [runId])).items).toEqual([]);
  });
});

describe("images of runs", () => {
  it("are found at any depth, named by key and step, without the small copies", async () => {
    const runId = await makeRun("drawn", 1);
    const put = (path: string) => putArtifact(ctx, `0/${runId}/artifacts/${path}`, { source: Readable.from([Buffer.from(path)]) });
    for (const path of ["plots/roc.png", "images/dog+step+5+timestamp+1700000000000+g1.png", "images/dog+step+5+timestamp+1700000000000+g1+compressed.webp", "notes.txt", "model/deep/er/fig.JPG"]) await put(path);
    await putArtifact(ctx, `0/${runId}-other/artifacts/no.png`, { source: Readable.from([Buffer.from("x")]) });
    const { items, isCut } = await listRunImages(ctx, [runId]);
    expect(isCut).toBe(false);
    expect(items.map(({ key, step, at }) => ({ key, step, at }))).toEqual([
      { key: "dog", step: 5, at: "2023-11-14T22:13:20.000Z" },
      { key: "model/deep/er/fig.JPG", step: null, at: null },
      { key: "plots/roc.png", step: null, at: null },
    ]);
  });
});

describe("saved views", () => {
  it("belong to one person in one workspace, and the same name is replaced", async () => {
    const colleague = await testContext(deps, { roles: ["viewer"], workspace: ctx.workspace });
    await saveView(ctx, { page: "compare", name: "Best five", query: "0/compare?runs=a" });
    const kept = await saveView(ctx, { page: "compare", name: "Best five", query: "0/compare?runs=b" });
    expect((await listSavedViews(ctx, "compare")).items).toEqual([kept]);
    expect((await listSavedViews(ctx, "runs")).items).toEqual([]);
    expect((await listSavedViews(colleague, "compare")).items).toEqual([]);
    expect((await listSavedViews(stranger, "compare")).items).toEqual([]);
    await expect(deleteSavedView(colleague, kept.id)).rejects.toMatchObject({ kind: "not_found" });
    await deleteSavedView(ctx, kept.id);
    expect((await listSavedViews(ctx, "compare")).items).toEqual([]);
  });
});
