import { Prisma, type Tx } from "@/lib/platform/db";

import { promptTag } from "./prompt-tags";

export type ModelRow = { id: string; name: string; description: string | null; nextVersionNumber: number; createdBy: string; createdAt: Date; updatedAt: Date };
export type Tags = Record<string, string>;

export type FoundModel = ModelRow & { isPrompt: boolean };

export const findModel = async (tx: Tx, workspaceId: string, name: string): Promise<FoundModel | undefined> => {
  const [row] = await tx.$queryRaw<FoundModel[]>`
    SELECT m.id, m.name, m.description, m.next_version_number AS "nextVersionNumber", m.created_by AS "createdBy", m.created_at AS "createdAt", m.updated_at AS "updatedAt",
      EXISTS (SELECT 1 FROM registered_model_tag t WHERE t.model_id = m.id AND t.key = ${promptTag} AND lower(t.value) = 'true') AS "isPrompt"
    FROM registered_model m WHERE m.workspace_id = ${workspaceId}::uuid AND m.name = ${name}`;
  return row;
};

export const updateModelRow = async (tx: Tx, id: string, change: { description?: string | null; name?: string }, now: Date): Promise<void> => {
  await tx.registeredModel.update({ where: { id }, data: { ...change, updatedAt: now } });
};

export const touchModel = async (tx: Tx, id: string, now: Date): Promise<void> => {
  await tx.registeredModel.update({ where: { id }, data: { updatedAt: now } });
};

export const deleteModelRow = async (tx: Tx, id: string): Promise<void> => {
  await tx.registeredModel.delete({ where: { id } });
};

/** The name of an endpoint that serves or served the model, deleted ones included. */
export const findEndpointOf = async (tx: Tx, modelId: string): Promise<string | undefined> => (await tx.endpoint.findFirst({ where: { modelId }, select: { name: true } }))?.name;

/** Prompts are registered models on MLflow's wire, and stand in a list of their own here. */
export type ModelKind = "model" | "prompt";
export type ModelListFilter = { kind: ModelKind; q?: string | undefined; after?: { updatedAt: Date; id: string } | undefined; limit: number };

/** Models or prompts of a workspace, last changed first. */
export const listModelRows = (tx: Tx, workspaceId: string, { kind, q, after, limit }: ModelListFilter): Promise<ModelRow[]> => {
  const matches = q ? Prisma.sql`AND m.name ILIKE ${`%${escapeLike(q)}%`}` : Prisma.empty;
  const beyond = after ? Prisma.sql`AND (m.updated_at, m.id) < (${after.updatedAt}, ${after.id}::uuid)` : Prisma.empty;
  return tx.$queryRaw<ModelRow[]>`
    SELECT m.id, m.name, m.description, m.next_version_number AS "nextVersionNumber", m.created_by AS "createdBy", m.created_at AS "createdAt", m.updated_at AS "updatedAt"
    FROM registered_model m
    WHERE m.workspace_id = ${workspaceId}::uuid ${matches} ${beyond}
      AND ${kind === "prompt" ? Prisma.empty : Prisma.sql`NOT`} EXISTS (SELECT 1 FROM registered_model_tag t WHERE t.model_id = m.id AND t.key = ${promptTag} AND t.value = 'true')
    ORDER BY m.updated_at DESC, m.id DESC LIMIT ${limit + 1}`;
};

export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (character) => `\\${character}`);

const groupTags = <Row extends { key: string; value: string }>(rows: readonly Row[], idOf: (row: Row) => string): Map<string, Tags> => {
  const grouped = new Map<string, Tags>();
  for (const row of rows) {
    const tags = grouped.get(idOf(row)) ?? {};
    tags[row.key] = row.value;
    grouped.set(idOf(row), tags);
  }
  return grouped;
};

export const listModelTags = async (tx: Tx, modelIds: readonly string[]): Promise<Map<string, Tags>> =>
  groupTags(await tx.registeredModelTag.findMany({ where: { modelId: { in: [...modelIds] } } }), (row) => row.modelId);

export const listVersionTags = async (tx: Tx, versionIds: readonly string[]): Promise<Map<string, Tags>> =>
  groupTags(await tx.modelVersionTag.findMany({ where: { versionId: { in: [...versionIds] } } }), (row) => row.versionId);

export const findModelTag = async (tx: Tx, modelId: string, key: string): Promise<string | undefined> => (await tx.registeredModelTag.findUnique({ where: { modelId_key: { modelId, key } }, select: { value: true } }))?.value;

export const setModelTag = async (tx: Tx, workspaceId: string, modelId: string, key: string, value: string): Promise<void> => {
  await tx.registeredModelTag.upsert({ where: { modelId_key: { modelId, key } }, create: { workspaceId, modelId, key, value }, update: { value } });
};

export const deleteModelTag = async (tx: Tx, modelId: string, key: string): Promise<void> => {
  await tx.registeredModelTag.deleteMany({ where: { modelId, key } });
};

/** Replaces all tags of a model. */
export const replaceModelTags = async (tx: Tx, workspaceId: string, modelId: string, tags: Tags): Promise<void> => {
  await tx.registeredModelTag.deleteMany({ where: { modelId } });
  await tx.registeredModelTag.createMany({ data: Object.entries(tags).map(([key, value]) => ({ workspaceId, modelId, key, value })) });
};

export const setVersionTag = async (tx: Tx, workspaceId: string, versionId: string, key: string, value: string): Promise<void> => {
  await tx.modelVersionTag.upsert({ where: { versionId_key: { versionId, key } }, create: { workspaceId, versionId, key, value }, update: { value } });
};

export const deleteVersionTag = async (tx: Tx, versionId: string, key: string): Promise<void> => {
  await tx.modelVersionTag.deleteMany({ where: { versionId, key } });
};

export const replaceVersionTags = async (tx: Tx, workspaceId: string, versionId: string, tags: Tags): Promise<void> => {
  await tx.modelVersionTag.deleteMany({ where: { versionId } });
  await tx.modelVersionTag.createMany({ data: Object.entries(tags).map(([key, value]) => ({ workspaceId, versionId, key, value })) });
};
