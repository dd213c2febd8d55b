import { Prisma, type Tx } from "@/lib/platform/db";

import type { AliasRow } from "./store-aliases";
import type { Tags } from "./store-models";

export type DetailTexts = { tags: string | null; aliases: string | null };
export type ModelDetails = { tags: Tags; aliases: AliasRow[] };
type VersionDetails = { tags: Tags; aliases: string[] };

const tagsOf = (text: string | null): Tags => (text === null ? {} : (JSON.parse(text) as Tags));
const aliasesOf = <Alias>(text: string | null): Alias[] => (text === null ? [] : (JSON.parse(text) as Alias[]));

/** Tags and aliases of a model `m`, as two columns of JSON. */
export const modelDetailColumns = Prisma.sql`
  (SELECT json_object_agg(d.key, d.value)::text FROM registered_model_tag d WHERE d.model_id = m.id) AS tags,
  (SELECT json_agg(json_build_object('modelId', a.model_id, 'alias', a.alias, 'versionId', a.version_id, 'number', o.number) ORDER BY a.alias)::text
    FROM model_alias a JOIN model_version o ON o.id = a.version_id WHERE a.model_id = m.id) AS aliases`;

/** Reads `modelDetailColumns`. */
export const toModelDetails = ({ tags, aliases }: DetailTexts): ModelDetails => ({ tags: tagsOf(tags), aliases: aliasesOf<AliasRow>(aliases) });

export const loadModelDetails = async (tx: Tx, id: string): Promise<ModelDetails> => {
  const [row] = await tx.$queryRaw<DetailTexts[]>`SELECT ${modelDetailColumns} FROM registered_model m WHERE m.id = ${id}::uuid`;
  return toModelDetails(row ?? { tags: null, aliases: null });
};

/** Tags of versions and the names of their aliases, in one statement. */
export const loadVersionDetails = async (tx: Tx, ids: readonly string[]): Promise<Map<string, VersionDetails>> => {
  const rows = await tx.$queryRaw<(DetailTexts & { id: string })[]>`
    SELECT v.id::text AS id,
      (SELECT json_object_agg(t.key, t.value)::text FROM model_version_tag t WHERE t.version_id = v.id) AS tags,
      (SELECT json_agg(a.alias ORDER BY a.alias)::text FROM model_alias a WHERE a.version_id = v.id) AS aliases
    FROM unnest(${[...ids]}::uuid[]) AS v(id)`;
  return new Map(rows.map(({ id, tags, aliases }) => [id, { tags: tagsOf(tags), aliases: aliasesOf<string>(aliases) }]));
};
