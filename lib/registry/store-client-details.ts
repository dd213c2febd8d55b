import { Prisma, type SqlTx, type Tx } from "@/lib/platform/db";

import type { Tags } from "./store-models";
import type { VersionRow } from "./store-versions";

/** What is told of a version with its model. */
export type StageVersionRow = Pick<VersionRow, "number" | "status" | "statusReason" | "source" | "runId" | "loggedModelId" | "description" | "runLink" | "stage" | "createdBy"> & { createdMs: number; updatedMs: number; tags: Tags | null };

/**
 * A model as registry clients read it, for many at once: times in milliseconds since 1970; `tags` as JSON of an object; `aliases` as JSON
 * of a list of {alias, version}, and `newest` of `StageVersionRow`, the newest version of each stage; these two are null where there is none.
 */
export type ClientModelRow = { name: string; description: string | null; createdBy: string; createdMs: number; updatedMs: number; tags: string; aliases: string | null; newest: string | null };

const milliseconds = (time: Prisma.Sql): Prisma.Sql => Prisma.sql`(extract(epoch FROM ${time}) * 1000)::float8`;

/** The columns of a `ClientModelRow` of a model `m`. */
export const clientModelColumns = Prisma.sql`
  m.name, m.description, m.created_by AS "createdBy", ${milliseconds(Prisma.sql`m.created_at`)} AS "createdMs", ${milliseconds(Prisma.sql`m.updated_at`)} AS "updatedMs", m.tags::text AS tags,
  CASE WHEN m.next_version_number > 1 THEN (
    SELECT json_agg(json_build_object('alias', a.alias, 'version', o.number::text) ORDER BY a.alias)::text FROM model_alias a JOIN model_version o ON o.id = a.version_id WHERE a.model_id = m.id
  ) END AS aliases,
  CASE WHEN m.next_version_number > 1 THEN (
    SELECT json_agg(json_build_object('number', n.number, 'status', n.status, 'statusReason', n.status_reason, 'source', n.source, 'runId', n.run_id, 'loggedModelId', n.logged_model_id, 'description', n.description,
      'runLink', n.run_link, 'stage', n.stage, 'createdBy', n.created_by, 'createdMs', ${milliseconds(Prisma.sql`n.created_at`)}, 'updatedMs', ${milliseconds(Prisma.sql`n.updated_at`)},
      'tags', (SELECT json_object_agg(t.key, t.value) FROM model_version_tag t WHERE t.version_id = n.id)) ORDER BY n.number DESC)::text
    FROM (
      SELECT DISTINCT ON (v.stage) v.id, v.number, v.status, v.status_reason, v.source, v.run_id, v.logged_model_id, v.description, v.run_link, v.stage, v.created_by, v.created_at, v.updated_at
      FROM model_version v WHERE v.model_id = m.id AND v.deleted_at IS NULL ORDER BY v.stage, v.number DESC
    ) n
  ) END AS newest`;

export const findClientModel = async (tx: Tx, workspaceId: string, name: string): Promise<ClientModelRow | undefined> => {
  const [row] = await tx.$queryRaw<ClientModelRow[]>`SELECT ${clientModelColumns} FROM registered_model m WHERE m.workspace_id = ${workspaceId}::uuid AND m.name = ${name}`;
  return row;
};

type VersionTexts = { id: string; tags: string | null; aliases: string | null };
type VersionDetails = { tags: Tags; aliases: string[] };

/** Tags of versions and the names of their aliases, in one statement. */
export const loadVersionDetails = async (tx: SqlTx, ids: readonly string[]): Promise<Map<string, VersionDetails>> => {
  const rows = await tx.$queryRaw<VersionTexts[]>`
    SELECT v.id::text AS id,
      (SELECT json_object_agg(t.key, t.value)::text FROM model_version_tag t WHERE t.version_id = v.id) AS tags,
      (SELECT json_agg(a.alias ORDER BY a.alias)::text FROM model_alias a WHERE a.version_id = v.id) AS aliases
    FROM unnest(${[...ids]}::uuid[]) AS v(id)`;
  return new Map(rows.map(({ id, tags, aliases }) => [id, { tags: JSON.parse(tags ?? "{}") as Tags, aliases: JSON.parse(aliases ?? "[]") as string[] }]));
};
