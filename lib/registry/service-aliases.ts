import { AppError } from "@/lib/core/errors";
import { recordChange } from "@/lib/audit/server";
import { authorize } from "@/lib/identity/server";
import { type Context, transact } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { needModel, needVersion } from "./find";
import { checkAlias } from "./names";
import { modelTarget } from "./service-models";
import { deleteAliasRow, findAlias, listProtectedAliases } from "./store-aliases";
import { setAliasRow } from "./store-servable";
import type { ModelRow } from "./store-models";

/** Points an alias at a version; raises forbidden for one that only promotions move. */
export const setAlias = async (ctx: Context, modelName: string, alias: string, number: number): Promise<void> => {
  authorize(ctx, "alias:write");
  checkAlias(alias);
  await transact(ctx.deps, async (tx, now) => {
    const model = await needModel(tx, ctx.workspace.id, modelName);
    const version = await needVersion(tx, ctx.workspace.id, modelName, number);
    const before = await findAlias(tx, model.id, alias);
    if (before?.number === number) return;
    await refuseProtected(tx, model, alias);
    await setAliasRow(tx, ctx.workspace.id, model.id, alias, version.id, now);
    await recordChange(tx, ctx, now, { action: "alias.set", target: modelTarget(model), change: { before: { alias, version: before?.number ?? null }, after: { alias, version: number } } });
  });
};

/** Removes an alias; one that does not exist is no error. */
export const deleteAlias = async (ctx: Context, modelName: string, alias: string): Promise<void> => {
  authorize(ctx, "alias:write");
  await transact(ctx.deps, async (tx, now) => {
    const model = await needModel(tx, ctx.workspace.id, modelName);
    const before = await findAlias(tx, model.id, alias);
    if (!before) return;
    await refuseProtected(tx, model, alias);
    await deleteAliasRow(tx, model.id, alias);
    await recordChange(tx, ctx, now, { action: "alias.delete", target: modelTarget(model), change: { before: { alias, version: before.number } } });
  });
};

/** Raises forbidden when promotions on a production endpoint own the alias. */
const refuseProtected = async (tx: Tx, model: ModelRow, alias: string): Promise<void> => {
  const guard = (await listProtectedAliases(tx, [model.id])).find((candidate) => candidate.alias === alias);
  if (!guard) return;
  throw new AppError(
    "forbidden",
    "alias.protected",
    `The alias "${alias}" says what the endpoint "${guard.endpoint}" serves in ${guard.environment}, so only a promotion moves it: request approval of the version for ${guard.environment}, then start a rollout on "${guard.endpoint}".`,
    { details: { alias, endpoint: guard.endpoint, environment: guard.environment } },
  );
};
