import { decodeCursor, encodeCursor, type Page } from "@/lib/core/pagination";
import { authorize } from "@/lib/identity/server";
import type { Context } from "@/lib/platform/context";

import { runsCap, toExperiment } from "./present";
import type { ExperimentView } from "./schema";
import { createExperiment, needExperiment, prepareExperiments, setExperimentStage, tagExperiment, untagExperiment, updateExperiment } from "./service-experiments";
import { listExperimentNumbers, listExperimentRows, loadActivity } from "./store-browse";

export type ListExperiments = { q?: string | undefined; stage: "active" | "deleted" | "all"; limit: number; cursor?: string | undefined };

/** Experiments with their runs and last activity, last active first. */
export const listExperiments = async (ctx: Context, { q, stage, limit, cursor }: ListExperiments): Promise<Page<ExperimentView>> => {
  authorize(ctx, "run:read");
  await prepareExperiments(ctx);
  const { db } = ctx.deps;
  const [given] = cursor === undefined ? [0] : decodeCursor(cursor, 1);
  const offset = Math.max(0, Math.trunc(Number(given)) || 0);
  const numbers = await listExperimentNumbers(db, ctx.workspace.id, { q: q?.trim() || undefined, stage, offset, limit: limit + 1 });
  const kept = numbers.slice(0, limit);
  const activity = await loadActivity(db, ctx.workspace.id, kept, runsCap);
  const rows = await listExperimentRows(db, ctx.workspace.id, kept);
  return { items: rows.map((row) => toExperiment(row, activity.get(row.number))), nextCursor: numbers.length > limit ? encodeCursor([offset + limit]) : null };
};

export const readExperiment = async (ctx: Context, number: number): Promise<ExperimentView> => {
  authorize(ctx, "run:read");
  await prepareExperiments(ctx);
  const { db } = ctx.deps;
  const row = await needExperiment(db, ctx.workspace.id, String(number));
  return toExperiment(row, (await loadActivity(db, ctx.workspace.id, [number], runsCap)).get(number));
};

export const makeExperiment = async (ctx: Context, { name, artifactLocation, tags }: { name: string; artifactLocation?: string | undefined; tags?: Record<string, string> | undefined }): Promise<ExperimentView> =>
  readExperiment(ctx, await createExperiment(ctx, { name, artifactLocation, tags: Object.entries(tags ?? {}).map(([key, value]) => ({ key, value })) }));

/** Renames an experiment or changes tags; null removes a tag. */
export const changeExperiment = async (ctx: Context, number: number, { name, tags }: { name?: string | undefined; tags?: Record<string, string | null> | undefined }): Promise<ExperimentView> => {
  authorize(ctx, "run:write");
  const before = await readExperiment(ctx, number);
  if (name !== undefined && name !== before.name) await updateExperiment(ctx, String(number), name);
  for (const [key, value] of Object.entries(tags ?? {})) {
    if (value !== null) await tagExperiment(ctx, String(number), key, value);
    else if (key in before.tags) await untagExperiment(ctx, String(number), key);
  }
  return readExperiment(ctx, number);
};

/** Deletes or restores an experiment with its runs; doing it twice changes nothing. */
export const moveExperiment = async (ctx: Context, number: number, stage: "active" | "deleted"): Promise<ExperimentView> => {
  authorize(ctx, "run:write");
  if ((await readExperiment(ctx, number)).stage !== stage) await setExperimentStage(ctx, String(number), stage);
  return readExperiment(ctx, number);
};
