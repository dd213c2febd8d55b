import { AppError } from "@/lib/core/errors";
import { formatId, tryParseId } from "@/lib/core/ids";
import { encodeCursor, type Page } from "@/lib/core/pagination";
import { type ByteRange, findManifestFile, listManifestFiles, type ManifestFile, openFile, type OpenedFile } from "@/lib/artifacts/server";
import { authorize } from "@/lib/identity/server";
import { findLatestInspection, type InspectionRow } from "@/lib/inspection/server";
import type { Context } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { needModel, needVersion } from "./find";
import { findChampion, presentVersions } from "./present";
import type { ActivityItem, InspectionView, Version } from "./schema";
import { timeKey } from "./service-models";
import { type ActivityRow, listActivityRows } from "./store-live";
import { listVersionTags } from "./store-models";
import { versionTarget } from "./targets";
import { findVersionDocuments, findVersionRowById, type VersionRow } from "./store-versions";

export { versionTarget };

/** A version with everything that its page shows. Does not authorise: for services that did. */
export const readVersion = async (tx: Tx, workspaceId: string, row: VersionRow, now: Date): Promise<Version> => {
  const [summary] = await presentVersions(tx, [row], now);
  if (!summary) throw new AppError("internal", "version.lost", "The version could not be read back.");
  const documents = await findVersionDocuments(tx, row.id);
  const inspection = await findLatestInspection(tx, workspaceId, row.id);
  const champion = await findChampion(tx, row.modelId);
  const serving = champion && (await findVersionRowById(tx, workspaceId, champion.versionId));
  return {
    ...summary,
    tags: (await listVersionTags(tx, [row.id])).get(row.id) ?? {},
    loggedModelId: row.loggedModelId,
    signature: documents.signature,
    inspection: inspection ? presentInspection(inspection) : null,
    champion: champion && serving ? { number: serving.number, endpoint: champion.endpoint } : null,
  };
};

const presentInspection = ({ status, verdict, findings, summary, mlflow, inspector, inspectorVersion, startedAt, finishedAt }: InspectionRow): InspectionView => ({
  status, verdict, findings, summary, mlflow, inspector, inspectorVersion, startedAt: startedAt?.toISOString() ?? null, finishedAt: finishedAt?.toISOString() ?? null,
});

export const getVersion = async (ctx: Context, model: string, number: number): Promise<Version> => {
  authorize(ctx, "model:read");
  const { db, clock } = ctx.deps;
  return readVersion(db, ctx.workspace.id, await needVersion(db, ctx.workspace.id, model, number), await clock.now(db));
};

export const listVersionFiles = async (ctx: Context, model: string, number: number): Promise<{ items: ManifestFile[] }> => {
  authorize(ctx, "artifact:read");
  const { manifestId } = await needVersion(ctx.deps.db, ctx.workspace.id, model, number);
  return { items: manifestId === null ? [] : await listManifestFiles(ctx.deps.db, ctx.workspace.id, manifestId) };
};

/** Opens a frozen file of a version, or a range of it. */
export const openVersionFile = async (ctx: Context, model: string, number: number, path: string, range?: ByteRange): Promise<OpenedFile> => {
  authorize(ctx, "artifact:read");
  const { manifestId } = await needVersion(ctx.deps.db, ctx.workspace.id, model, number);
  const file = manifestId === null ? undefined : await findManifestFile(ctx.deps.db, ctx.workspace.id, manifestId, path);
  if (!file) throw new AppError("not_found", "artifact.not_found", `Version ${number} of "${model}" has no file "${path.slice(0, 200)}".`);
  return openFile(ctx, file, range);
};

/** The frozen files of a version by its id on the wire, for clients that read them as a read-only folder. */
export const listFilesById = async (ctx: Context, id: string): Promise<ManifestFile[]> => {
  authorize(ctx, "artifact:read");
  const uuid = tryParseId("version", id);
  const row = uuid === undefined ? undefined : await findVersionRowById(ctx.deps.db, ctx.workspace.id, uuid);
  return row?.manifestId ? listManifestFiles(ctx.deps.db, ctx.workspace.id, row.manifestId) : [];
};

/** What happened to a version, newest first, as the audit log has it. */
export const listVersionActivity = async (ctx: Context, model: string, number: number, page: { limit: number; cursor?: string | undefined }): Promise<Page<ActivityItem>> => {
  authorize(ctx, "model:read");
  const row = await needVersion(ctx.deps.db, ctx.workspace.id, model, number);
  return listActivity(ctx, versionTarget(row), page);
};

/** What happened to a model itself (its aliases, its description), newest first. */
export const listModelActivity = async (ctx: Context, model: string, page: { limit: number; cursor?: string | undefined }): Promise<Page<ActivityItem>> => {
  authorize(ctx, "model:read");
  const row = await needModel(ctx.deps.db, ctx.workspace.id, model);
  return listActivity(ctx, { type: "model", id: formatId("model", row.id) }, page);
};

const listActivity = async (ctx: Context, target: { type: string; id: string }, { limit, cursor }: { limit: number; cursor?: string | undefined }): Promise<Page<ActivityItem>> => {
  const rows = await listActivityRows(ctx.deps.db, ctx.workspace.id, target, cursor === undefined ? undefined : timeKey(cursor), limit);
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return { items: kept.map(presentActivity), nextCursor: rows.length > limit && last ? encodeCursor([last.occurredAt.toISOString(), last.id]) : null };
};

const presentActivity = ({ id, occurredAt, action, actorType, actor, canonical }: ActivityRow): ActivityItem => {
  const event = JSON.parse(canonical) as { actor?: { name?: string }; reason?: string; because?: string; change?: { before?: unknown; after?: unknown } };
  return {
    id: formatId("auditEvent", id),
    at: occurredAt.toISOString(),
    action,
    actor: actor ?? (actorType === "system" ? (event.actor?.name ?? null) : null),
    actorType,
    reason: event.reason ?? null,
    because: event.because ?? null,
    change: event.change ?? null,
  };
};
