import type { InspectionPlan } from "@/lib/inspection/server";
import { type Placed, Prisma, type SqlTx, type Tx } from "@/lib/platform/db";

import { type Declared, type StoredSignature, storedSignatureSchema, type VersionStatus } from "./schema";
import { escapeLike, isPromptRow } from "./store-models";

export type VersionRow = {
  id: string;
  modelId: string;
  model: string;
  number: number;
  status: VersionStatus;
  statusReason: string | null;
  source: string;
  runId: string | null;
  loggedModelId: string | null;
  description: string | null;
  runLink: string | null;
  stage: string;
  manifestId: string | null;
  manifestDigest: string | null;
  fileCount: number;
  totalSize: number;
  format: string | null;
  createdBy: string;
  createdById: string | null;
  createdAt: Date;
  updatedAt: Date;
};

type RawRow = Omit<VersionRow, "totalSize"> & { totalSize: bigint };

const columns = Prisma.sql`
  v.id, v.model_id AS "modelId", m.name AS model, v.number, v.status, v.status_reason AS "statusReason", v.source, v.run_id AS "runId",
  v.logged_model_id AS "loggedModelId", v.description, v.run_link AS "runLink", v.stage, v.manifest_id AS "manifestId", v.manifest_digest AS "manifestDigest",
  coalesce(f.file_count, 0) AS "fileCount", coalesce(f.total_size, 0) AS "totalSize", v.format, v.created_by AS "createdBy",
  v.created_by_id AS "createdById", v.created_at AS "createdAt", v.updated_at AS "updatedAt"`;
const source = Prisma.sql`model_version v JOIN registered_model m ON m.id = v.model_id LEFT JOIN manifest f ON f.id = v.manifest_id`;

export const queryVersions = async (tx: SqlTx, rest: Prisma.Sql): Promise<VersionRow[]> => {
  const rows = await tx.$queryRaw<RawRow[]>`SELECT ${columns} FROM ${source} ${rest}`;
  return rows.map((row) => ({ ...row, totalSize: Number(row.totalSize) }));
};

/** The same with each row's place in an order. */
export const queryPlacedVersions = async (tx: Tx, rest: Prisma.Sql, position: Prisma.Sql): Promise<Placed<VersionRow>[]> => {
  const rows = await tx.$queryRaw<Placed<RawRow>[]>`SELECT ${columns}, ${position} FROM ${source} ${rest}`;
  return rows.map((row) => ({ ...row, totalSize: Number(row.totalSize) }));
};

export type NewVersion = Pick<VersionRow, "id" | "modelId" | "status" | "statusReason" | "source" | "runId" | "loggedModelId" | "description" | "runLink" | "manifestId" | "manifestDigest" | "createdBy" | "createdById"> & { workspaceId: string; declared: Declared | null };

/**
 * Inserts a version under the next number of its model, which it returns, or undefined where the model is gone; the model's row makes
 * concurrent callers wait, so that no number is given twice. The run and logged model that it names are held first, so that they are not
 * purged meanwhile; what is gone already stays gone. `inspection` goes with it.
 */
export const insertVersion = async (tx: SqlTx, { workspaceId, id, modelId, declared, runId, loggedModelId, ...version }: NewVersion, inspection: InspectionPlan | undefined, now: Date): Promise<number | undefined> => {
  const rows = await tx.$queryRaw<{ number: number }[]>`
    /* prepared as ${Prisma.raw(inspection ? "insert_inspected_version" : "insert_version")} */ WITH logged AS (
      SELECT source_run_id FROM logged_model WHERE workspace_id = ${workspaceId}::uuid AND model_id = ${loggedModelId}::text FOR KEY SHARE
    ), held AS (
      SELECT 1 FROM run WHERE workspace_id = ${workspaceId}::uuid AND run_id IN (SELECT source_run_id FROM logged UNION SELECT ${runId}::bpchar) ORDER BY run_id FOR KEY SHARE
    ), n AS (
      UPDATE registered_model SET next_version_number = next_version_number + 1, updated_at = ${now}::timestamptz
      WHERE workspace_id = ${workspaceId}::uuid AND id = ${modelId}::uuid AND (SELECT count(*) FROM held) >= 0 RETURNING workspace_id, id, next_version_number - 1 AS number
    ) ${inspection ? Prisma.sql`, i AS (${inspection.insertion(Prisma.sql`FROM n`)})` : Prisma.empty}
    INSERT INTO model_version (id, workspace_id, model_id, number, status, status_reason, source, run_id, logged_model_id, description, run_link, manifest_id, manifest_digest, declared, created_by, created_by_id, created_at, updated_at)
    SELECT ${id}::uuid, n.workspace_id, n.id, n.number, ${version.status}, ${version.statusReason}, ${version.source}, ${runId}, ${loggedModelId}, ${version.description}, ${version.runLink}, ${version.manifestId}::uuid,
      ${version.manifestDigest}, ${declared && JSON.stringify(declared)}::jsonb, ${version.createdBy}, ${version.createdById}::uuid, ${now}::timestamptz, ${now}::timestamptz FROM n RETURNING number`;
  return rows[0]?.number;
};

export const findVersionRow = async (tx: SqlTx, workspaceId: string, model: string, number: number): Promise<VersionRow | undefined> =>
  (await queryVersions(tx, Prisma.sql`WHERE m.workspace_id = ${workspaceId}::uuid AND m.name = ${model} AND v.number = ${number} AND v.deleted_at IS NULL`))[0];

/** `hold`: to the end of the transaction. */
export const findVersionRowById = async (tx: SqlTx, workspaceId: string, id: string, { hold = false } = {}): Promise<VersionRow | undefined> =>
  (await queryVersions(tx, Prisma.sql`WHERE v.workspace_id = ${workspaceId}::uuid AND v.id = ${id}::uuid AND v.deleted_at IS NULL ${hold ? Prisma.sql`FOR UPDATE OF v` : Prisma.empty}`))[0];

/** The newest version of each model. */
export const listNewestVersions = async (tx: Tx, modelIds: readonly string[]): Promise<VersionRow[]> =>
  modelIds.length === 0
    ? []
    : queryVersions(tx, Prisma.sql`
        WHERE v.id IN (SELECT n.id FROM unnest(${[...modelIds]}::uuid[]) AS wanted(model_id)
          CROSS JOIN LATERAL (SELECT id FROM model_version WHERE model_id = wanted.model_id AND deleted_at IS NULL ORDER BY number DESC LIMIT 1) n)`);

export type VersionListFilter = {
  q?: string | undefined;
  status?: VersionStatus | undefined;
  model?: string | undefined;
  alias?: string | undefined;
  after?: { createdAt: Date; id: string } | undefined;
  limit: number;
};

/** Versions of a workspace's models (prompts are none here), newest first, by keyset. `q` is part of the model's name. */
export const listVersionRows = (tx: Tx, workspaceId: string, { q, status, model, alias, after, limit }: VersionListFilter): Promise<VersionRow[]> =>
  queryVersions(tx, Prisma.sql`
    WHERE v.workspace_id = ${workspaceId}::uuid AND v.deleted_at IS NULL
      AND NOT ${isPromptRow}
    ${status ? Prisma.sql`AND v.status = ${status}` : Prisma.empty}
    ${model === undefined ? Prisma.empty : Prisma.sql`AND v.model_id = (SELECT id FROM registered_model WHERE workspace_id = ${workspaceId}::uuid AND name = ${model})`}
    ${q ? Prisma.sql`AND v.model_id IN (SELECT id FROM registered_model WHERE workspace_id = ${workspaceId}::uuid AND name ILIKE ${`%${escapeLike(q)}%`})` : Prisma.empty}
    ${alias ? Prisma.sql`AND v.id IN (SELECT version_id FROM model_alias WHERE workspace_id = ${workspaceId}::uuid AND alias = ${alias})` : Prisma.empty}
    ${after ? Prisma.sql`AND (v.created_at, v.id) < (${after.createdAt}, ${after.id}::uuid)` : Prisma.empty}
    ORDER BY v.created_at DESC, v.id DESC LIMIT ${limit + 1}`);

/** Versions of one model, highest number first, by keyset. */
export const listModelVersionRows = (tx: Tx, modelId: string, filter: { status?: VersionStatus | undefined; alias?: string | undefined; belowNumber?: number | undefined; limit: number }): Promise<VersionRow[]> =>
  queryVersions(tx, Prisma.sql`
    WHERE v.model_id = ${modelId}::uuid AND v.deleted_at IS NULL
    ${filter.status ? Prisma.sql`AND v.status = ${filter.status}` : Prisma.empty}
    ${filter.alias ? Prisma.sql`AND v.id IN (SELECT version_id FROM model_alias WHERE model_id = ${modelId}::uuid AND alias = ${filter.alias})` : Prisma.empty}
    ${filter.belowNumber === undefined ? Prisma.empty : Prisma.sql`AND v.number < ${filter.belowNumber}`}
    ORDER BY v.number DESC LIMIT ${filter.limit + 1}`);

export type VersionDocuments = { signature: StoredSignature | null; declared: Declared };

export const findVersionDocuments = async (tx: Tx, id: string): Promise<VersionDocuments> => {
  const row = await tx.modelVersion.findUnique({ where: { id }, select: { signature: true, declared: true } });
  return { signature: row?.signature ? storedSignatureSchema.parse(row.signature) : null, declared: (row?.declared ?? {}) as Declared };
};

/** What an inspection needs to know of a version beyond its row. */
export const findInspected = async (tx: SqlTx, id: string): Promise<{ workspace: { id: string; name: string }; declared: Declared } | undefined> => {
  const [row] = await tx.$queryRaw<{ id: string; name: string; declared: Declared | null }[]>`
    /* prepared as find_inspected */ SELECT w.id, w.name, v.declared FROM model_version v JOIN workspace w ON w.id = v.workspace_id WHERE v.id = ${id}::uuid`;
  return row && { workspace: { id: row.id, name: row.name }, declared: row.declared ?? {} };
};

/** Settles a version by what its inspection found; false when it is deleted. */
export const settleVersion = async (tx: SqlTx, id: string, { status, statusReason, format, signature }: { status: VersionStatus; statusReason: string | null; format: string; signature: StoredSignature | null }, now: Date): Promise<boolean> =>
  (await tx.$executeRaw`
    /* prepared as settle_version */ UPDATE model_version SET status = ${status}, status_reason = ${statusReason}, format = ${format}, signature = ${signature && JSON.stringify(signature)}::jsonb, updated_at = ${now}::timestamptz
    WHERE id = ${id}::uuid AND deleted_at IS NULL`) === 1;

/** Gives a version the manifest of its files, which were hashed after it was registered. */
export const freezeVersionRow = async (tx: Tx, id: string, manifest: { id: string; digest: string }, now: Date): Promise<void> => {
  await tx.modelVersion.update({ where: { id }, data: { manifestId: manifest.id, manifestDigest: manifest.digest, statusReason: null, updatedAt: now } });
};

export const updateVersionRow = async (tx: Tx, id: string, change: { description?: string | null; stage?: string }, now: Date): Promise<void> => {
  await tx.modelVersion.update({ where: { id }, data: { ...change, updatedAt: now } });
};

/** Hides a version; its number is never given again. */
export const deleteVersionRow = async (tx: Tx, id: string, now: Date): Promise<void> => {
  await tx.modelAlias.deleteMany({ where: { versionId: id } });
  await tx.modelVersion.update({ where: { id }, data: { deletedAt: now, updatedAt: now } });
};
