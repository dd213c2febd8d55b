import { Prisma, type SqlTx, type Tx } from "@/lib/platform/db";

import { isPromptTags, promptTag } from "./prompt-tags";

export type Tags = Record<string, string>;
export type ModelRow = { id: string; name: string; description: string | null; tags: Tags; nextVersionNumber: number; createdBy: string; createdAt: Date; updatedAt: Date };

/** Whether a model `m` is a prompt: `isPromptTags` in SQL. */
export const isPromptRow = Prisma.sql`(lower(m.tags ->> ${promptTag}) = 'true') IS TRUE`;
const columns = Prisma.sql`m.id, m.name, m.description, m.tags, m.next_version_number AS "nextVersionNumber", m.created_by AS "createdBy", m.created_at AS "createdAt", m.updated_at AS "updatedAt"`;

export type FoundModel = ModelRow & { isPrompt: boolean };

export const findModel = async (tx: SqlTx, workspaceId: string, name: string): Promise<FoundModel | undefined> => {
  const [row] = await tx.$queryRaw<ModelRow[]>`SELECT ${columns} FROM registered_model m WHERE m.workspace_id = ${workspaceId}::uuid AND m.name = ${name}`;
  return row && { ...row, isPrompt: isPromptTags(row.tags) };
};

export const updateModelRow = async (tx: Tx, id: string, change: { description?: string | null; name?: string; tags?: Tags }, now: Date): Promise<void> => {
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
    SELECT ${columns} FROM registered_model m
    WHERE m.workspace_id = ${workspaceId}::uuid ${matches} ${beyond} AND ${kind === "prompt" ? isPromptRow : Prisma.sql`NOT ${isPromptRow}`}
    ORDER BY m.updated_at DESC, m.id DESC LIMIT ${limit + 1}`;
};

export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (character) => `\\${character}`);

export const listVersionTags = async (tx: Tx, versionIds: readonly string[]): Promise<Map<string, Tags>> => {
  const grouped = new Map<string, Tags>();
  for (const { versionId, key, value } of await tx.modelVersionTag.findMany({ where: { versionId: { in: [...versionIds] } } })) {
    const tags = grouped.get(versionId) ?? {};
    tags[key] = value;
    grouped.set(versionId, tags);
  }
  return grouped;
};

export const isPromptModel = async (tx: Tx, id: string): Promise<boolean> => {
  const row = await tx.registeredModel.findUnique({ where: { id }, select: { tags: true } });
  return row !== null && isPromptTags(row.tags as Tags);
};

export const setModelTag = async (tx: Tx, id: string, key: string, value: string): Promise<void> => {
  await tx.$executeRaw`UPDATE registered_model SET tags = tags || jsonb_build_object(${key}::text, ${value}::text) WHERE id = ${id}::uuid`;
};

export const deleteModelTag = async (tx: Tx, id: string, key: string): Promise<void> => {
  await tx.$executeRaw`UPDATE registered_model SET tags = tags - ${key}::text WHERE id = ${id}::uuid`;
};

export const setVersionTag = async (tx: Tx, workspaceId: string, versionId: string, key: string, value: string): Promise<void> => {
  await tx.modelVersionTag.upsert({ where: { versionId_key: { versionId, key } }, create: { workspaceId, versionId, key, value }, update: { value } });
};

export const deleteVersionTag = async (tx: Tx, versionId: string, key: string): Promise<void> => {
  await tx.modelVersionTag.deleteMany({ where: { versionId, key } });
};

export const replaceVersionTags = async (tx: SqlTx, workspaceId: string, versionId: string, tags: Tags): Promise<void> => {
  await tx.$executeRaw`DELETE FROM model_version_tag WHERE version_id = ${versionId}::uuid`;
  await tx.$executeRaw`
    INSERT INTO model_version_tag (workspace_id, version_id, key, value)
    SELECT ${workspaceId}::uuid, ${versionId}::uuid, u.key, u.value FROM unnest(${Object.keys(tags)}::text[], ${Object.values(tags)}::text[]) AS u(key, value)`;
};
