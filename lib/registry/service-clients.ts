import { AppError } from "@/lib/core/errors";
import { parseFilter, parseOrder } from "@/lib/core/search-filter";
import { recordChange } from "@/lib/audit/server";
import { authorize } from "@/lib/identity/server";
import { type Context, transact } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { needModel, needVersion } from "./find";
import { modelTarget } from "./service-models";
import { versionTarget } from "./service-read";
import { type AliasRow, findAlias, listAliases, listAliasesOfVersions } from "./store-aliases";
import { listLiveEndpoints } from "./store-live";
import { deleteModelTag, deleteVersionTag, listModelTags, listVersionTags, type ModelRow, setModelTag, setVersionTag, type Tags } from "./store-models";
import { archiveStage, listNewestPerStage, searchModelRows, searchVersionRows } from "./store-search";
import { deleteVersionRow, updateVersionRow, type VersionRow } from "./store-versions";

/** What registry clients of the MLflow kind read. */
export type ClientVersion = VersionRow & { tags: Tags; aliases: string[] };
export type ClientModel = ModelRow & { tags: Tags; aliases: AliasRow[]; newestPerStage: ClientVersion[] };
export type Search = { filter: string | undefined; orderBy: string[]; offset: number; limit: number };

const stages = ["None", "Staging", "Production", "Archived"] as const;
export type Stage = (typeof stages)[number];

/** The stage behind any spelling of it; raises invalid for others. */
export const parseStage = (text: string): Stage => {
  const stage = stages.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
  if (!stage) throw new AppError("invalid", "version.bad_stage", `Invalid Model Version stage: ${text.slice(0, 80)}. Value must be one of ${stages.join(", ")}.`);
  return stage;
};

const withVersionDetails = async (tx: Tx, rows: readonly VersionRow[]): Promise<ClientVersion[]> => {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const tags = await listVersionTags(tx, ids);
  const aliases = await listAliasesOfVersions(tx, ids);
  return rows.map((row) => ({ ...row, tags: tags.get(row.id) ?? {}, aliases: aliases.filter(({ versionId }) => versionId === row.id).map(({ alias }) => alias) }));
};

const withModelDetails = async (tx: Tx, rows: readonly ModelRow[]): Promise<ClientModel[]> => {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const tags = await listModelTags(tx, ids);
  const aliases = await listAliases(tx, ids);
  const newest = await withVersionDetails(tx, await listNewestPerStage(tx, ids));
  return rows.map((row) => ({ ...row, tags: tags.get(row.id) ?? {}, aliases: aliases.filter(({ modelId }) => modelId === row.id), newestPerStage: newest.filter(({ modelId }) => modelId === row.id) }));
};

const single = <T>(items: readonly T[]): T => {
  const [item] = items;
  if (item === undefined) throw new AppError("internal", "registry.lost", "What was just read is gone.");
  return item;
};

export const getClientModel = async (ctx: Context, name: string): Promise<ClientModel> => {
  authorize(ctx, "model:read");
  return single(await withModelDetails(ctx.deps.db, [await needModel(ctx.deps.db, ctx.workspace.id, name)]));
};

/** Returns one more than `limit` when there are more. */
export const searchModels = async (ctx: Context, { filter, orderBy, offset, limit }: Search): Promise<ClientModel[]> => {
  authorize(ctx, "model:read");
  return withModelDetails(ctx.deps.db, await searchModelRows(ctx.deps.db, ctx.workspace.id, parseFilter(filter), parseOrder(orderBy), { offset, limit: limit + 1 }));
};

export const getClientVersion = async (ctx: Context, name: string, number: number): Promise<ClientVersion> => {
  authorize(ctx, "model:read");
  return single(await withVersionDetails(ctx.deps.db, [await needVersion(ctx.deps.db, ctx.workspace.id, name, number)]));
};

/** The version behind an alias; undefined when the model has no such alias. */
export const findClientVersionByAlias = async (ctx: Context, name: string, alias: string): Promise<ClientVersion | undefined> => {
  authorize(ctx, "model:read");
  const found = await findAlias(ctx.deps.db, (await needModel(ctx.deps.db, ctx.workspace.id, name)).id, alias);
  return found && getClientVersion(ctx, name, found.number);
};

/** Returns one more than `limit` when there are more. */
export const searchVersions = async (ctx: Context, { filter, orderBy, offset, limit }: Search): Promise<ClientVersion[]> => {
  authorize(ctx, "model:read");
  return withVersionDetails(ctx.deps.db, await searchVersionRows(ctx.deps.db, ctx.workspace.id, parseFilter(filter), parseOrder(orderBy), { offset, limit: limit + 1 }));
};

/** Sets a tag of a model, or of one of its versions; undefined removes it. */
export const changeTag = async (ctx: Context, name: string, number: number | undefined, key: string, value: string | undefined): Promise<void> => {
  authorize(ctx, "model:write");
  if (key.length > 250 || (value?.length ?? 0) > 100_000) throw new AppError("invalid", "registry.tag_too_long", "The tag is too long: keys hold at most 250 characters, values 100000.");
  await transact(ctx.deps, async (tx, now) => {
    const workspaceId = ctx.workspace.id;
    const change = { after: { tag: key, value: value ?? null } };
    if (number === undefined) {
      const model = await needModel(tx, workspaceId, name);
      await (value === undefined ? deleteModelTag(tx, model.id, key) : setModelTag(tx, workspaceId, model.id, key, value));
      await recordChange(tx, ctx, now, { action: "model.update", target: modelTarget(model), change });
    } else {
      const version = await needVersion(tx, workspaceId, name, number);
      await (value === undefined ? deleteVersionTag(tx, version.id, key) : setVersionTag(tx, workspaceId, version.id, key, value));
      await recordChange(tx, ctx, now, { action: "version.update", target: versionTarget(version), change });
    }
  });
};

/** Moves a version to a stage, an older kind of alias. Production is refused where a production endpoint serves the model: rollouts decide there. */
export const moveStage = async (ctx: Context, name: string, number: number, stage: Stage, shouldArchive: boolean): Promise<ClientVersion> => {
  authorize(ctx, "alias:write");
  await transact(ctx.deps, async (tx, now) => {
    const model = await needModel(tx, ctx.workspace.id, name);
    const version = await needVersion(tx, ctx.workspace.id, name, number);
    const guard = stage === "Production" ? (await listLiveEndpoints(tx, [model.id])).find(({ isProduction }) => isProduction) : undefined;
    if (guard) {
      throw new AppError("forbidden", "version.stage_protected", `The stage Production of "${name}" is protected, because the endpoint "${guard.name}" serves it in ${guard.environment}: request approval of version ${number} in Slipway, then start a rollout.`, { details: { endpoint: guard.name, environment: guard.environment } });
    }
    if (shouldArchive) await archiveStage(tx, model.id, stage, version.id, now);
    await updateVersionRow(tx, version.id, { stage }, now);
    await recordChange(tx, ctx, now, { action: "version.update", target: versionTarget(version), change: { before: { stage: version.stage }, after: { stage } } });
  });
  return getClientVersion(ctx, name, number);
};

/** Deletes (hides) a version. Refused while an endpoint serves it, keeps it warm or is being moved to it. */
export const deleteVersion = async (ctx: Context, name: string, number: number): Promise<void> => {
  authorize(ctx, "model:write");
  await transact(ctx.deps, async (tx, now) => {
    const version = await needVersion(tx, ctx.workspace.id, name, number);
    const inUse = (await listLiveEndpoints(tx, [version.modelId])).find((endpoint) => [endpoint.stableVersionId, endpoint.previousVersionId, endpoint.candidateVersionId, endpoint.mirrorVersionId, endpoint.rolloutVersionId].includes(version.id));
    if (inUse) throw new AppError("conflict", "version.in_use", `Version ${number} of "${name}" can't be deleted while the endpoint "${inUse.name}" uses it. Release another version there first.`);
    await deleteVersionRow(tx, version.id, now);
    await recordChange(tx, ctx, now, { action: "version.delete", target: versionTarget(version), change: { before: { status: version.status, manifestDigest: version.manifestDigest } } });
  });
};
