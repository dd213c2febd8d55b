import { AppError } from "@/lib/core/errors";
import { authorize } from "@/lib/identity/server";
import type { Context } from "@/lib/platform/context";
import { needVersion } from "@/lib/registry/server";

import { listGuards } from "./guard";
import type { RequestView } from "./schema";
import { findPeople, listRequestsOfVersion } from "./store";
import { toRequestView } from "./view";

/** A promotion request as the older registry calls it: a wish to move to the stage that the environment's policy protects. */
export type StageRequest = { request: RequestView; stage: string; movedAt: Date };

/** The environment whose policy protects a stage, production first; raises invalid when none does, because then nobody has to ask. */
export const findEnvironmentOfStage = async (ctx: Context, stage: string): Promise<string> => {
  authorize(ctx, "request:read");
  const guard = (await listGuards(ctx.deps.db, ctx.workspace.id)).find(({ protects }) => protects.stages.some((name) => name === stage));
  if (!guard) throw new AppError("invalid", "stage.not_protected", `No policy protects the stage ${stage}, so nobody has to ask: move the version with model-versions/transition-stage.`);
  return guard.name;
};

/** The requests of a version for environments that protect a stage, newest first. */
export const listStageRequests = async (ctx: Context, model: string, number: number): Promise<StageRequest[]> => {
  authorize(ctx, "request:read");
  const { db } = ctx.deps;
  const version = await needVersion(db, ctx.workspace.id, model, number);
  const stages = new Map((await listGuards(db, ctx.workspace.id)).map(({ name, protects }) => [name, protects.stages[0]]));
  const rows = await listRequestsOfVersion(db, ctx.workspace.id, version.id);
  const names = new Map((await findPeople(db, [...new Set(rows.map(({ requestedBy }) => requestedBy))])).map((person) => [person.id, person.name]));
  return rows.flatMap((row) => {
    const stage = stages.get(row.environment.name);
    return stage === undefined ? [] : [{ request: toRequestView(row, names, ctx.actor), stage, movedAt: row.decidedAt ?? row.requestedAt }];
  });
};
