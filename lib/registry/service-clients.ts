import { AppError } from "@/lib/core/errors";
import { decodePosition, encodePosition } from "@/lib/core/keyset";
import { parseFilter, parseOrder } from "@/lib/core/search-filter";
import { recordChange } from "@/lib/audit/server";
import { authorize } from "@/lib/identity/server";
import { type Context, transact } from "@/lib/platform/context";
import { cutPage, type SqlTx } from "@/lib/platform/db";

import { eventOf } from "./events";
import { needModel, needVersion, unknownModel } from "./find";
import { modelOf, refuseKindChange } from "./prompts";
import { findAlias, listAliasesOfVersions, listOwnedAliases } from "./store-aliases";
import { type ClientModelRow, findClientModel, loadVersionDetails, type StageVersionRow } from "./store-client-details";
import { listLiveEndpoints } from "./store-live";
import { deleteModelTag, deleteVersionTag, listVersionTags, setModelTag, setVersionTag, type Tags, touchModel } from "./store-models";
import { searchModelRows, searchVersionRows } from "./store-search";
import { deleteVersionRow, listNewestVersions, type VersionRow } from "./store-versions";
import { checkTag } from "./tags";
import { modelTarget, versionTarget } from "./targets";

/** What registry clients of the MLflow kind read. */
export type ClientVersion = VersionRow & { tags: Tags; aliases: string[] };
/** The newest version of a stage, as it is told with its model. */
export type StageVersion = Pick<ClientVersion, "model" | "number" | "status" | "statusReason" | "source" | "runId" | "loggedModelId" | "description" | "runLink" | "stage" | "createdBy" | "createdAt" | "updatedAt" | "tags" | "aliases">;
/** Times are milliseconds since 1970; `tags` is the JSON of an object, `aliases` that of a list of {alias, version}. */
export type ClientModel = Omit<ClientModelRow, "aliases" | "newest"> & { aliases: string; newestPerStage: StageVersion[] };
export type Search = { filter: string | undefined; orderBy: string[]; limit: number; token: string | undefined };
export type Found<Row> = { rows: Row[]; nextToken: string | undefined };

const stages = ["None", "Staging", "Production", "Archived"] as const;
export type Stage = (typeof stages)[number];

/** The stage behind any spelling of it; raises invalid for others. */
export const parseStage = (text: string): Stage => {
  const stage = stages.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
  if (!stage) throw new AppError("invalid", "version.bad_stage", `Invalid Model Version stage: ${text.slice(0, 80)}. Value must be one of ${stages.join(", ")}.`);
  return stage;
};

export const withVersionDetails = async (tx: SqlTx, rows: readonly VersionRow[]): Promise<ClientVersion[]> => {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const details = await loadVersionDetails(tx, ids);
  return rows.map((row) => ({ ...row, ...(details.get(row.id) ?? { tags: {}, aliases: [] }) }));
};

const toClientModel = ({ name, description, createdBy, createdMs, updatedMs, tags, aliases, newest }: ClientModelRow): ClientModel => ({
  name,
  description,
  createdBy,
  createdMs,
  updatedMs,
  tags,
  aliases: aliases ?? "[]",
  newestPerStage: newest === null ? [] : toStageVersions(name, newest, aliases),
});

const toStageVersions = (model: string, newest: string, aliases: string | null): StageVersion[] => {
  const named = aliases === null ? [] : (JSON.parse(aliases) as { alias: string; version: string }[]);
  return (JSON.parse(newest) as StageVersionRow[]).map((version) => ({
    ...version,
    model,
    createdAt: new Date(version.createdMs),
    updatedAt: new Date(version.updatedMs),
    tags: version.tags ?? {},
    aliases: named.flatMap(({ alias, version: of }) => (of === String(version.number) ? [alias] : [])),
  }));
};

const single = <T>(items: readonly T[]): T => {
  const [item] = items;
  if (item === undefined) throw new AppError("internal", "registry.lost", "What was just read is gone.");
  return item;
};

export const getClientModel = async (ctx: Context, name: string): Promise<ClientModel> => {
  authorize(ctx, "model:read");
  const row = await findClientModel(ctx.deps.db, ctx.workspace.id, name);
  if (!row) throw unknownModel(name);
  return toClientModel(row);
};

const queryOf = (kind: string, ctx: Context, { filter, orderBy, limit, token }: Search) => {
  const identity = [kind, ctx.workspace.id, filter ?? "", orderBy];
  return { identity, query: { filter: parseFilter(filter), order: parseOrder(orderBy), after: token ? decodePosition(identity, token) : undefined, limit: limit + 1 } };
};

/** A page of models, and the token of the next. */
export const searchModels = async (ctx: Context, search: Search): Promise<Found<ClientModel>> => {
  authorize(ctx, "model:read");
  const { identity, query } = queryOf("models", ctx, search);
  const { rows, end } = cutPage(await searchModelRows(ctx.deps.db, ctx.workspace.id, query), search.limit);
  return { rows: rows.map(toClientModel), nextToken: end && encodePosition(identity, end) };
};

export const getClientVersion = async (ctx: Context, name: string, number: number): Promise<ClientVersion> => {
  authorize(ctx, "model:read");
  return single(await withVersionDetails(ctx.deps.db, [await needVersion(ctx.deps.db, ctx.workspace.id, name, number)]));
};

/** The version behind an alias, `latest` being the newest; undefined when the model has no such alias. */
export const findClientVersionByAlias = async (ctx: Context, name: string, alias: string): Promise<ClientVersion | undefined> => {
  authorize(ctx, "model:read");
  const model = await needModel(ctx.deps.db, ctx.workspace.id, name);
  const found = alias.toLowerCase() === "latest" ? (await listNewestVersions(ctx.deps.db, [model.id]))[0] : await findAlias(ctx.deps.db, model.id, alias);
  return found && getClientVersion(ctx, name, found.number);
};

/** A page of versions, and the token of the next. */
export const searchVersions = async (ctx: Context, search: Search): Promise<Found<ClientVersion>> => {
  authorize(ctx, "model:read");
  const { identity, query } = queryOf("versions", ctx, search);
  const { rows, end } = cutPage(await searchVersionRows(ctx.deps.db, ctx.workspace.id, query), search.limit);
  return { rows: await withVersionDetails(ctx.deps.db, rows), nextToken: end && encodePosition(identity, end) };
};

/** Sets a tag of a model, or of one of its versions; undefined removes it. */
export const changeTag = async (ctx: Context, name: string, number: number | undefined, key: string, value: string | undefined): Promise<void> => {
  authorize(ctx, "model:write");
  checkTag(key, value ?? "");
  await transact(ctx.deps, async (tx, now) => {
    const workspaceId = ctx.workspace.id;
    const change = { after: { tag: key, value: value ?? null } };
    if (number === undefined) {
      const model = await needModel(tx, workspaceId, name);
      const { [key]: current, ...others } = model.tags;
      refuseKindChange(model.tags, value === undefined ? others : { ...others, [key]: value });
      if (value === undefined && current === undefined) return;
      await (value === undefined ? deleteModelTag(tx, model.id, key) : setModelTag(tx, model.id, key, value));
      await recordChange(tx, ctx, now, { action: "model.update", target: modelTarget(model), change, event: eventOf(model, change) });
    } else {
      const version = await needVersion(tx, workspaceId, name, number);
      if (value === undefined && (await listVersionTags(tx, [version.id])).get(version.id)?.[key] === undefined) return;
      await (value === undefined ? deleteVersionTag(tx, version.id, key) : setVersionTag(tx, workspaceId, version.id, key, value));
      await recordChange(tx, ctx, now, { action: "version.update", target: versionTarget(version), change, event: eventOf(await modelOf(tx, version), change, version) });
    }
  });
};

/** Deletes (hides) a version. Refused while an endpoint serves it, keeps it warm or is being moved to it. */
export const deleteVersion = async (ctx: Context, name: string, number: number): Promise<void> => {
  authorize(ctx, "model:write");
  await transact(ctx.deps, async (tx, now) => {
    const version = await needVersion(tx, ctx.workspace.id, name, number);
    const inUse = (await listLiveEndpoints(tx, [version.modelId])).find((endpoint) => [endpoint.stableVersionId, endpoint.previousVersionId, endpoint.candidateVersionId, endpoint.mirrorVersionId, endpoint.rolloutVersionId].includes(version.id));
    if (inUse) throw new AppError("conflict", "version.in_use", `Version ${number} of "${name}" can't be deleted while the endpoint "${inUse.name}" uses it. Release another version there first.`);
    const aliases = (await listAliasesOfVersions(tx, [version.id])).map(({ alias }) => alias);
    const owner = (await listOwnedAliases(tx, [version.modelId])).find(({ alias }) => aliases.includes(alias));
    if (owner) throw new AppError("conflict", "version.in_use", `Version ${number} of "${name}" can't be deleted: its alias "${owner.alias}" belongs to the endpoint "${owner.endpoint}", and only a promotion moves it.`);
    await deleteVersionRow(tx, version.id, now);
    await touchModel(tx, version.modelId, now);
    await recordChange(tx, ctx, now, { action: "version.delete", target: versionTarget(version), change: { before: { status: version.status, stage: version.stage, aliases, manifestDigest: version.manifestDigest } } });
  });
};
