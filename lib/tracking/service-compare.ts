import { listImages } from "@/lib/artifacts/server";
import { can } from "@/lib/identity";
import { authorize } from "@/lib/identity/server";
import type { Context } from "@/lib/platform/context";
import { listVersionsOfRuns } from "@/lib/registry/server";

import { imageNameOf } from "./image-names";
import { toMetricValue } from "./metric-value";
import { folderOf } from "./mlflow/resolve-source";
import { toRunInfo } from "./present";
import type { Comparison, RunImages } from "./schema-compare";
import { needExperiment, prepareExperiments } from "./service-experiments";
import { countMatchingRuns } from "./service-run-search";
import { findRuns } from "./store-compare";
import { loadRunDetails } from "./store-runs";

const maxCounted = 1_000_000;

/** Runs side by side in the order asked for. They may be of other experiments of the workspace too; what isn't there is named. */
export const compareRuns = async (ctx: Context, number: number, runIds: readonly string[]): Promise<Comparison> => {
  authorize(ctx, "run:read");
  await prepareExperiments(ctx);
  const { db } = ctx.deps;
  const { name } = await needExperiment(db, ctx.workspace.id, String(number));
  const found = new Map((await findRuns(db, ctx.workspace.id, runIds)).map((run) => [run.runId, run]));
  const rows = runIds.flatMap((runId) => found.get(runId) ?? []);
  const details = await loadRunDetails(db, rows.map(({ seq }) => seq));
  const versions = can(ctx.actor, "model:read") ? await listVersionsOfRuns(db, ctx.workspace.id, rows.map(({ runId }) => runId)) : [];
  return {
    experiment: { number, name },
    activeRuns: await countMatchingRuns(ctx, { experiments: [number], filter: undefined, stage: "active" }, maxCounted),
    runs: rows.map((row) => {
      const { metrics = [], params = [], tags = [], inputs = [], outputs = [] } = details.get(row.seq) ?? {};
      return {
        ...toRunInfo(row),
        metrics: metrics.map(({ key, value }) => ({ key, value: toMetricValue(value) })),
        params,
        tags,
        datasets: inputs.map(({ dataset, tags: context }) => ({ name: dataset.name, digest: dataset.digest, context: context.find(({ key }) => key === "mlflow.data.context")?.value ?? null })),
        models: outputs.length,
        versions: versions.filter(({ runId }) => runId === row.runId).map(({ model, number: version }) => ({ model, number: version })),
      };
    }),
    missing: runIds.filter((runId) => !found.has(runId)),
  };
};

const maxImagesOfRun = 2_000;

/** Images among the artifacts of runs. Of an image that was logged small and large, the large one is listed. */
export const listRunImages = async (ctx: Context, runIds: readonly string[]): Promise<RunImages> => {
  authorize(ctx, "artifact:read");
  const { db } = ctx.deps;
  const roots = new Map((await findRuns(db, ctx.workspace.id, runIds)).flatMap(({ runId, artifactUri }) => {
    const folder = folderOf(artifactUri);
    return folder === undefined ? [] : [[folder, runId] as const];
  }));
  const rows = await listImages(db, ctx.workspace.id, [...roots.keys()], maxImagesOfRun + 1);
  const counts = new Map<string, number>();
  for (const { folder } of rows) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  return {
    items: rows.flatMap(({ folder, path, size }) => {
      const { key, step, atMs, isSmallCopy } = imageNameOf(path);
      return isSmallCopy ? [] : [{ runId: roots.get(folder) ?? "", path, key, step, at: atMs === null ? null : new Date(atMs).toISOString(), size }];
    }),
    isCut: [...counts.values()].some((count) => count > maxImagesOfRun),
  };
};
