import type { Position } from "@/lib/core/keyset";
import { beyond, orderBy, positionColumn, Prisma, type Tx } from "@/lib/platform/db";

import { all, type CompiledSearch } from "./store-experiments";
import type { KeyValue } from "./store-runs";

export type LoggedModelRow = {
  modelId: string;
  experimentNumber: number;
  name: string;
  status: string;
  statusMessage: string | null;
  modelType: string;
  sourceRunId: string | null;
  artifactUri: string;
  createdAt: Date;
  updatedAt: Date;
};
export type ModelMetricRow = { modelId: string; key: string; value: number; timestamp: number; step: number; runId: string; datasetName: string; datasetDigest: string };
export type LoggedModelDetails = { tags: KeyValue[]; params: KeyValue[]; metrics: ModelMetricRow[]; registrations: { name: string; version: number }[] };

const select = { modelId: true, experimentNumber: true, name: true, status: true, statusMessage: true, modelType: true, sourceRunId: true, artifactUri: true, createdAt: true, updatedAt: true } as const;

export const findLoggedModel = (tx: Tx, workspaceId: string, modelId: string): Promise<LoggedModelRow | null> => tx.loggedModel.findFirst({ where: { workspaceId, modelId, deletedAt: null }, select });

export const insertLoggedModel = async (tx: Tx, workspaceId: string, model: Omit<LoggedModelRow, "createdAt" | "updatedAt" | "statusMessage">, now: Date): Promise<void> => {
  await tx.loggedModel.create({ data: { workspaceId, ...model, createdAt: now, updatedAt: now } });
};

export const updateLoggedModel = async (tx: Tx, workspaceId: string, modelId: string, change: { status?: string; deletedAt?: Date }, now: Date): Promise<void> => {
  await tx.loggedModel.update({ where: { workspaceId_modelId: { workspaceId, modelId } }, data: { ...change, updatedAt: now } });
};

export const setLoggedModelTags = async (tx: Tx, workspaceId: string, modelId: string, tags: readonly KeyValue[]): Promise<void> => {
  for (const { key, value } of tags) await tx.loggedModelTag.upsert({ where: { workspaceId_modelId_key: { workspaceId, modelId, key } }, create: { workspaceId, modelId, key, value }, update: { value } });
};

export const deleteLoggedModelTag = async (tx: Tx, workspaceId: string, modelId: string, key: string): Promise<boolean> => (await tx.loggedModelTag.deleteMany({ where: { workspaceId, modelId, key } })).count > 0;

export const insertLoggedModelParams = async (tx: Tx, workspaceId: string, modelId: string, params: readonly KeyValue[]): Promise<void> => {
  await tx.loggedModelParam.createMany({ data: params.map((param) => ({ workspaceId, modelId, ...param })), skipDuplicates: true });
};

export const linkOutput = async (tx: Tx, workspaceId: string, runSeq: bigint, modelId: string, step: number): Promise<void> => {
  await tx.runOutput.createMany({ data: [{ workspaceId, runSeq, modelId, step: BigInt(step) }], skipDuplicates: true });
};

export const linkInputs = async (tx: Tx, workspaceId: string, runSeq: bigint, modelIds: readonly string[]): Promise<void> => {
  if (modelIds.length > 0) await tx.runModelInput.createMany({ data: modelIds.map((modelId) => ({ workspaceId, runSeq, modelId })), skipDuplicates: true });
};

/** Tags, params, metrics and registrations of logged models: four queries, whatever their number. */
export const loadLoggedModelDetails = async (tx: Tx, workspaceId: string, ids: readonly string[]): Promise<Map<string, LoggedModelDetails>> => {
  const details = new Map<string, LoggedModelDetails>(ids.map((id) => [id, { tags: [], params: [], metrics: [], registrations: [] }]));
  if (ids.length === 0) return details;
  const where = { workspaceId, modelId: { in: [...ids] } };
  for (const { modelId, key, value } of await tx.loggedModelTag.findMany({ where, orderBy: { key: "asc" } })) details.get(modelId)?.tags.push({ key, value });
  for (const { modelId, key, value } of await tx.loggedModelParam.findMany({ where, orderBy: { key: "asc" } })) details.get(modelId)?.params.push({ key, value });
  for (const { ts, step, ...row } of await tx.loggedModelMetric.findMany({ where, orderBy: [{ key: "asc" }, { ts: "asc" }, { step: "asc" }] })) details.get(row.modelId)?.metrics.push({ ...row, timestamp: Number(ts), step: Number(step) });
  const versions = await tx.modelVersion.findMany({ where: { workspaceId, loggedModelId: { in: [...ids] }, deletedAt: null }, select: { loggedModelId: true, number: true, model: { select: { name: true } } } });
  for (const { loggedModelId, number, model } of versions) if (loggedModelId !== null) details.get(loggedModelId)?.registrations.push({ name: model.name, version: number });
  return details;
};

/** Logged models by conditions and order that the caller compiled. */
export const searchLoggedModelRows = async (tx: Tx, workspaceId: string, { conditions, order, after, limit }: CompiledSearch): Promise<(LoggedModelRow & { position: Position })[]> => {
  const terms = order.map((term, index) => ({ ...term, sql: Prisma.raw(`l.o${index}`) }));
  return tx.$queryRaw<(LoggedModelRow & { position: Position })[]>`
    SELECT l.model_id AS "modelId", l.experiment_number AS "experimentNumber", l.name, l.status, l.status_message AS "statusMessage", l.model_type AS "modelType",
      l.source_run_id AS "sourceRunId", l.artifact_uri AS "artifactUri", l.created_at AS "createdAt", l.updated_at AS "updatedAt", ${positionColumn(terms)}
    FROM (SELECT l.*, ${Prisma.join(order.map(({ sql }, index) => Prisma.sql`${sql} AS ${Prisma.raw(`o${index}`)}`), ", ")} FROM logged_model l
      WHERE l.workspace_id = ${workspaceId}::uuid AND l.deleted_at IS NULL AND ${all(conditions)} OFFSET 0) l
    WHERE ${after ? beyond(terms, after) : Prisma.sql`true`} ORDER BY ${orderBy(terms)} LIMIT ${limit}`;
};
