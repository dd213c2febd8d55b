import { recordChange } from "@/lib/audit/server";
import { AppError } from "@/lib/core/errors";
import { authorize } from "@/lib/identity/server";
import { type Context, transact } from "@/lib/platform/context";
import { archiveStage, checkAlias, deleteAliasRow, eventOf, findAlias, listOwnedAliases, modelTarget, needModel, needVersion, setAliasRow, setStageRow, type Stage, versionTarget } from "@/lib/registry/server";

import { explainRefusal, findRefusal, listGuards, requireMove } from "./guard";
import type { AliasGuard } from "./schema";
import { lockModel, lockVersion } from "./store";

/** Points an alias at a version. Raises forbidden when a policy protects the alias and the version may not be released there. */
export const setAlias = async (ctx: Context, modelName: string, alias: string, number: number): Promise<void> => {
  authorize(ctx, "alias:write");
  checkAlias(alias);
  await transact(ctx.deps, async (tx, now) => {
    const model = await needModel(tx, ctx.workspace.id, modelName);
    await lockModel(tx, model.id);
    const version = await needVersion(tx, ctx.workspace.id, modelName, number);
    const before = await findAlias(tx, model.id, alias);
    if (before?.number === number) return;
    await lockVersion(tx, version.id);
    await requireMove(tx, ctx, { workspaceId: ctx.workspace.id, model, version, name: { alias } }, now);
    await setAliasRow(tx, ctx.workspace.id, model.id, alias, version.id, now);
    const change = { before: { alias, version: before?.number ?? null }, after: { alias, version: number } };
    await recordChange(tx, ctx, now, { action: "alias.set", target: modelTarget(model), change, event: eventOf(model, change) });
  });
};

/** Removes an alias; one that does not exist is no error. A protected one too, on the record: nothing unapproved takes its place. Only what an endpoint owns stays. */
export const deleteAlias = async (ctx: Context, modelName: string, alias: string): Promise<void> => {
  authorize(ctx, "alias:write");
  await transact(ctx.deps, async (tx, now) => {
    const model = await needModel(tx, ctx.workspace.id, modelName);
    await lockModel(tx, model.id);
    const before = await findAlias(tx, model.id, alias);
    if (!before) return;
    const owner = (await listOwnedAliases(tx, [model.id])).find((candidate) => candidate.alias === alias);
    if (owner) throw new AppError("forbidden", "alias.protected", `The alias "${alias}" says what the endpoint "${owner.endpoint}" serves in ${owner.environment}, so nobody removes it by hand. Let the endpoint name another alias, or none, first.`, { details: { alias, endpoint: owner.endpoint, environment: owner.environment } });
    await deleteAliasRow(tx, model.id, alias);
    const change = { before: { alias, version: before.number } };
    await recordChange(tx, ctx, now, { action: "alias.delete", target: modelTarget(model), change, event: eventOf(model, change) });
  });
};

/**
 * Moves a version to a stage, an older kind of alias, with the same rule. Leaving a protected stage, also by `shouldArchive`, is
 * free and on the record version by version: nothing unapproved takes its place.
 */
export const moveStage = async (ctx: Context, modelName: string, number: number, stage: Stage, shouldArchive: boolean): Promise<void> => {
  authorize(ctx, "alias:write");
  if (shouldArchive && stage !== "Staging" && stage !== "Production") {
    throw new AppError("invalid", "version.bad_archive", `Model version transition cannot archive existing model versions because '${stage}' is not an Active stage. Valid stages are ['Staging', 'Production']`);
  }
  await transact(ctx.deps, async (tx, now) => {
    const model = await needModel(tx, ctx.workspace.id, modelName);
    await lockModel(tx, model.id);
    const version = await needVersion(tx, ctx.workspace.id, modelName, number);
    if (version.stage !== stage) {
      await lockVersion(tx, version.id);
      await requireMove(tx, ctx, { workspaceId: ctx.workspace.id, model, version, name: { stage } }, now);
    }
    const archived = shouldArchive ? await archiveStage(tx, model.id, stage, version.id, now) : [];
    for (const row of archived) {
      await recordChange(tx, ctx, now, { action: "version.update", target: versionTarget({ ...row, model: model.name }), because: `Version ${number} moved to ${stage}.`, change: { before: { stage }, after: { stage: "Archived" } } });
    }
    await setStageRow(tx, model.id, version.id, stage, now);
    if (version.stage === stage) return;
    await recordChange(tx, ctx, now, { action: "version.update", target: versionTarget(version), change: { before: { stage: version.stage }, after: { stage } } });
  });
};

/** Which aliases are protected, and for each why this version may not take it now. */
export const listAliasGuards = async (ctx: Context, modelName: string, number: number): Promise<AliasGuard[]> => {
  authorize(ctx, "model:read");
  return transact(ctx.deps, async (tx, now) => {
    const model = await needModel(tx, ctx.workspace.id, modelName);
    const version = await needVersion(tx, ctx.workspace.id, modelName, number);
    const owned = (await listOwnedAliases(tx, [model.id])).map(({ alias, environment }) => ({ alias, environment }));
    const named = (await listGuards(tx, ctx.workspace.id)).flatMap(({ name, protects }) => protects.aliases.map((alias) => ({ alias, environment: name })));
    const unique = new Map([...named, ...owned].map((entry) => [entry.alias, entry]));
    const guards: AliasGuard[] = [];
    for (const { alias, environment } of unique.values()) {
      const move = { workspaceId: ctx.workspace.id, model, version, name: { alias } };
      const refusal = await findRefusal(tx, move, now);
      const explained = refusal && (await explainRefusal(tx, ctx, move, refusal));
      guards.push({ alias, environment: refusal?.environment ?? environment, reason: explained?.reason ?? null, href: explained?.href ?? null });
    }
    return guards;
  });
};
