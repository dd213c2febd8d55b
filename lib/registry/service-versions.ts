import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { decodeCursor, encodeCursor, type Page } from "@/lib/core/pagination";
import { freezeListed, freezeUploaded, type FrozenManifest, isWaiting, keepWaitingFiles, listManifestFiles, listToFreeze, listWaitingFiles, type WaitingFiles } from "@/lib/artifacts/server";
import { recordChange } from "@/lib/audit/server";
import { authorize } from "@/lib/identity/server";
import { type Flavors, planInspection, readFlavors } from "@/lib/inspection/server";
import { actorName, actorUserId, type Context, transact, transactSql } from "@/lib/platform/context";
import { sqlOn, type SqlTx } from "@/lib/platform/db";

import { needModel, needVersion, unknownModel } from "./find";
import { eventOf } from "./events";
import { lineageOf } from "./lineage";
import { presentVersions } from "./present";
import { modelOf, refuseKindChange, refuseOtherKind } from "./prompts";
import type { CreateVersionInput, Declared, UpdateInput, Version, VersionStatus, VersionSummary } from "./schema";
import { type ClientVersion, withVersionDetails } from "./service-clients";
import { timeKey } from "./service-models";
import { readVersion } from "./service-read";
import { claimCreation, repointCreation, type Repeatable } from "./store-creations";
import { findRunLineage, type RunLineage } from "./store-lineage";
import { type FoundModel, listVersionTags, replaceVersionTags } from "./store-models";
import { findVersionRowById, insertVersion, listModelVersionRows, listVersionRows, updateVersionRow, type VersionRow } from "./store-versions";
import { checkDescription, checkTags } from "./tags";
import { modelTarget, versionTarget } from "./targets";

/** Registers uploaded files as the next version of a model: frozen at once, `checking` until the inspection is done. */
export const createVersion = async (ctx: Context, modelName: string, input: CreateVersionInput): Promise<Version> => {
  authorize(ctx, "model:write");
  const run = await findRun(ctx, input.runId ?? null);
  const { created, view } = await transact(ctx.deps, async (tx, now) => {
    const model = await needModel(tx, ctx.workspace.id, modelName);
    const manifest = await freezeUploaded(tx, ctx.workspace.id, input.files, now);
    const created = await addVersion(tx, ctx, now, model, {
      manifest,
      source: `blobs:sha256:${manifest.digest}`,
      runId: input.runId ?? null,
      run,
      loggedModelId: null,
      description: input.description ?? null,
      tags: input.tags ?? {},
      declared: { ...(input.featureNames && { featureNames: input.featureNames }), ...(input.sensitive && { sensitive: input.sensitive }) },
    });
    return { created, view: await readVersion(tx, ctx.workspace.id, await needVersion(tx, ctx.workspace.id, modelName, created.version.number), now) };
  });
  await wakeInspector(ctx, created);
  return view;
};

export type RegisterSource = {
  /** Address of the files as the client gave it. */
  source: string;
  /** Mutable folder of this workspace that holds them; null when Slipway can't read the source. */
  folder: string | null;
  /** A version of this workspace whose frozen files are taken instead. */
  copyOf?: { model: string; number: number } | undefined;
  /** Why it can't, for the version's page. */
  unreadable?: string | undefined;
  runId: string | null;
  loggedModelId: string | null;
  description: string | null;
  /** Address of the run in another tracking server, as the client gave it. */
  runLink?: string | undefined;
  tags: Record<string, string>;
};

export type RegisterHooks = {
  /** Says what makes the request known again: when one like it made a version already, that one is returned. */
  recognise?: (now: Date) => Repeatable | undefined;
  /** What goes with the version, in the same transaction. */
  note?: (tx: SqlTx, version: ClientVersion) => Promise<void>;
};

/** Registers what lies under a mutable folder now, or a source elsewhere, as the next version of a model (MLflow's way in). */
export const registerSource = async (ctx: Context, modelName: string, { folder, copyOf, unreadable, ...rest }: RegisterSource, { recognise, note }: RegisterHooks = {}): Promise<ClientVersion> => {
  authorize(ctx, "model:write");
  const { db, blobs, clock } = ctx.deps;
  const workspaceId = ctx.workspace.id;
  // Read at once and before the transaction: what it changes waits for no reading.
  const [model, run, listed, now] = await Promise.all([needModel(sqlOn(db), workspaceId, modelName), findRun(ctx, rest.runId), folder === null ? undefined : listToFreeze(db, workspaceId, folder), clock.now(db)]);
  const flavors = listed && readFlavors(blobs, listed); // read while the database works
  flavors?.catch(() => undefined); // met where they are awaited, unless another failure comes first
  const repeatable = recognise?.(now);
  const register = async (tx: SqlTx): Promise<Created> => {
    const id = newId(now.getTime());
    const earlier = repeatable && (await findEarlier(tx, workspaceId, repeatable, id, now));
    if (earlier) return { version: earlier, inspectionId: undefined };
    const found = copyOf ? await filesOf(tx, workspaceId, copyOf) : listed && (await freezeListed(tx, workspaceId, listed, now));
    const { manifest, waiting } = isWaiting(found) ? { manifest: undefined, waiting: found.waiting } : { manifest: found, waiting: undefined };
    const reason = found ? undefined : (unreadable ?? `No files lie under "${folder ?? rest.source}".`);
    return addVersion(tx, ctx, now, model, { ...rest, run, flavors, manifest, waiting, unreadable: reason, declared: {} }, id);
  };
  const created = await transactSql(ctx.deps, async (tx) => {
    const made = await register(tx);
    await note?.(tx, made.version);
    return made;
  }, now);
  void wakeInspector(ctx, created); // a hint, which never fails: no client waits for the queue
  return created.version;
};

const findRun = (ctx: Context, runId: string | null): Promise<RunLineage | undefined> => (runId === null ? Promise.resolve(undefined) : findRunLineage(ctx.deps.db, ctx.workspace.id, runId));

const filesOf = async (tx: SqlTx, workspaceId: string, { model, number }: { model: string; number: number }): Promise<FrozenManifest | WaitingFiles | undefined> => {
  const { id, manifestId, manifestDigest, fileCount, totalSize } = await needVersion(tx, workspaceId, model, number);
  if (manifestId === null || manifestDigest === null) {
    const waiting = await listWaitingFiles(tx, workspaceId, id);
    return waiting.length > 0 ? { waiting } : undefined;
  }
  return { id: manifestId, digest: manifestDigest, fileCount, totalSize, files: await listManifestFiles(tx, workspaceId, manifestId) };
};

/** The version that an earlier request like this made; undefined when this one is to make `id`. */
const findEarlier = async (tx: SqlTx, workspaceId: string, repeatable: Repeatable, id: string, now: Date): Promise<ClientVersion | undefined> => {
  const earlier = await claimCreation(tx, workspaceId, repeatable, id, now);
  if (!earlier) return undefined;
  if (!earlier.requestDigest.equals(repeatable.requestDigest)) throw new AppError("unprocessable", "http.idempotency_mismatch", "This Idempotency-Key was used for another request. Use a new key.");
  const version = await findVersionRowById(tx, workspaceId, earlier.versionId);
  if (!version) await repointCreation(tx, workspaceId, repeatable, id);
  return version && (await withVersionDetails(tx, [version]))[0];
};

type Created = { version: ClientVersion; inspectionId: string | undefined };
type NewVersionInput = Omit<RegisterSource, "folder" | "copyOf"> & {
  run: RunLineage | undefined;
  /** What the files' MLmodel says, where it is being read already. */
  flavors?: Promise<Flavors | null> | undefined;
  manifest: FrozenManifest | undefined;
  /** Instead of a manifest: files that are frozen as soon as a worker has hashed those that came directly into the object store. */
  waiting?: WaitingFiles["waiting"] | undefined;
  declared: Declared;
};

const waitingReason = "Files that were uploaded directly into the object store are being hashed. The version is frozen and inspected when that is done.";

const addVersion = async (tx: SqlTx, ctx: Context, now: Date, model: FoundModel, input: NewVersionInput, id: string = newId(now.getTime())): Promise<Created> => {
  const { manifest, waiting, source, runId, run, loggedModelId, description, tags, declared } = input;
  const { isPrompt } = model;
  const workspaceId = ctx.workspace.id;
  refuseOtherKind(model.name, isPrompt, tags);
  checkTags(tags);
  checkDescription(description);
  const held = manifest?.files ?? waiting;
  const flavors = (await (input.flavors ?? (held && readFlavors(ctx.deps.blobs, held)))) ?? null; // before the model's row is locked: others wait for the number, not for files
  const status: VersionStatus = held ? "checking" : "unverified";
  const row = {
    id, modelId: model.id, status, statusReason: manifest ? null : waiting ? waitingReason : (input.unreadable ?? null), source, runId, loggedModelId, description, runLink: input.runLink ?? null,
    manifestId: manifest?.id ?? null, manifestDigest: manifest?.digest ?? null, createdBy: actorName(ctx.actor), createdById: actorUserId(ctx.actor),
  };
  const inspection = manifest && planInspection({ workspaceId, versionId: id }, now);
  const number = await insertVersion(tx, { ...row, workspaceId, declared }, inspection, now);
  if (number === undefined) throw unknownModel(model.name);
  if (Object.keys(tags).length > 0) await replaceVersionTags(tx, workspaceId, id, tags);
  if (waiting) await keepWaitingFiles(tx, workspaceId, id, waiting);
  const target = versionTarget({ id, model: model.name, number });
  const { fileCount, totalSize } = manifest ?? { fileCount: 0, totalSize: 0 };
  const files = manifest?.files.slice(0, 100).map(({ path, sha256, size }) => ({ path, sha256, size })) ?? [];
  await recordChange(tx, ctx, now, {
    action: "version.create",
    target,
    change: { after: { status, source, runId, manifestDigest: manifest?.digest ?? null, fileCount, totalSize } },
    event: { data: { version: target, model: modelTarget(model), number, isPrompt, source, runId, loggedModelId, description, tags, manifestDigest: manifest?.digest ?? null, files, lineage: lineageOf({ workspaceId, modelId: model.id, versionId: id, number, runId, loggedModelId, source, manifestDigest: manifest?.digest ?? null, flavors }, run) } },
  });
  return { version: { ...row, model: model.name, number, stage: "None", format: null, fileCount, totalSize, createdAt: now, updatedAt: now, tags, aliases: [] }, inspectionId: inspection?.id };
};

const wakeInspector = async (ctx: Context, { inspectionId }: Created): Promise<void> => {
  if (inspectionId !== undefined) await ctx.deps.jobs.send("inspection.inspect", { inspectionId }, { dedupeKey: inspectionId });
};

export type ListVersionsInput = { q?: string | undefined; status?: VersionStatus | undefined; model?: string | undefined; alias?: string | undefined; limit: number; cursor?: string | undefined };

/** Lists the versions of all models, newest first. */
export const listVersions = async (ctx: Context, { cursor, limit, ...filter }: ListVersionsInput): Promise<Page<VersionSummary>> => {
  authorize(ctx, "model:read");
  const after = cursor === undefined ? undefined : timeKey(cursor);
  const rows = await listVersionRows(ctx.deps.db, ctx.workspace.id, { ...filter, limit, after: after && { createdAt: after.at, id: after.id } });
  return pageOf(ctx, rows, limit, (row) => [row.createdAt.toISOString(), row.id]);
};

/** Lists the versions of one model, highest number first. */
export const listModelVersions = async (ctx: Context, modelName: string, { cursor, limit, status, alias }: Omit<ListVersionsInput, "q" | "model">): Promise<Page<VersionSummary>> => {
  authorize(ctx, "model:read");
  const model = await needModel(ctx.deps.db, ctx.workspace.id, modelName);
  const after = cursor === undefined ? undefined : numberKey(cursor);
  const rows = await listModelVersionRows(ctx.deps.db, model.id, { status, alias, limit, belowNumber: after });
  return pageOf(ctx, rows, limit, (row) => [row.number]);
};

const numberKey = (cursor: string): number => {
  const [number] = decodeCursor(cursor, 1);
  if (typeof number !== "number") throw new AppError("invalid", "page.bad_cursor", "The cursor is not one that this list returned; start again without it.");
  return number;
};

const pageOf = async (ctx: Context, rows: readonly VersionRow[], limit: number, keyOf: (row: VersionRow) => readonly (string | number)[]): Promise<Page<VersionSummary>> => {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  const items = await presentVersions(ctx.deps.db, kept, await ctx.deps.clock.now(ctx.deps.db));
  return { items, nextCursor: rows.length > limit && last ? encodeCursor(keyOf(last)) : null };
};

/** Changes description or tags of a version; what it holds never changes. */
export const updateVersion = async (ctx: Context, modelName: string, number: number, input: UpdateInput): Promise<Version> => {
  authorize(ctx, "model:write");
  checkTags(input.tags ?? {});
  checkDescription(input.description);
  return transact(ctx.deps, async (tx, now) => {
    const row = await needVersion(tx, ctx.workspace.id, modelName, number);
    const tags = (await listVersionTags(tx, [row.id])).get(row.id) ?? {};
    if (input.tags) refuseKindChange(tags, input.tags);
    await updateVersionRow(tx, row.id, input.description === undefined ? {} : { description: input.description }, now);
    if (input.tags) await replaceVersionTags(tx, ctx.workspace.id, row.id, input.tags);
    const change = { before: { description: row.description, tags }, after: { description: input.description ?? row.description, tags: input.tags ?? tags } };
    await recordChange(tx, ctx, now, { action: "version.update", target: versionTarget(row), change, event: eventOf(await modelOf(tx, row), change, row) });
    return readVersion(tx, ctx.workspace.id, await needVersion(tx, ctx.workspace.id, modelName, number), now);
  });
};
