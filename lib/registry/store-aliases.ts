import { type Tx } from "@/lib/platform/db";

export type AliasRow = { modelId: string; alias: string; versionId: string; number: number };

const toRow = ({ version, ...row }: { modelId: string; alias: string; versionId: string; version: { number: number } }): AliasRow => ({ modelId: row.modelId, alias: row.alias, versionId: row.versionId, number: version.number });
const include = { version: { select: { number: true } } } as const;

export const listAliases = async (tx: Tx, modelIds: readonly string[]): Promise<AliasRow[]> =>
  (await tx.modelAlias.findMany({ where: { modelId: { in: [...modelIds] } }, include, orderBy: { alias: "asc" } })).map(toRow);

export const listAliasesOfVersions = async (tx: Tx, versionIds: readonly string[]): Promise<AliasRow[]> =>
  (await tx.modelAlias.findMany({ where: { versionId: { in: [...versionIds] } }, include, orderBy: { alias: "asc" } })).map(toRow);

export const findAlias = async (tx: Tx, modelId: string, alias: string): Promise<AliasRow | undefined> => {
  const row = await tx.modelAlias.findUnique({ where: { modelId_alias: { modelId, alias } }, include });
  return row ? toRow(row) : undefined;
};

export const deleteAliasRow = async (tx: Tx, modelId: string, alias: string): Promise<void> => {
  await tx.modelAlias.deleteMany({ where: { modelId, alias } });
};

/** Production endpoints of the models whose promotions move an alias, and the alias that each moves. */
export const listOwnedAliases = async (tx: Tx, modelIds: readonly string[]): Promise<{ modelId: string; alias: string; endpoint: string; environment: string; environmentId: string }[]> => {
  const rows = await tx.endpoint.findMany({
    where: { modelId: { in: [...modelIds] }, deletedAt: null, championAlias: { not: null }, environment: { isProduction: true } },
    select: { modelId: true, championAlias: true, name: true, environmentId: true, environment: { select: { name: true } } },
    orderBy: { name: "asc" },
  });
  return rows.flatMap(({ modelId, championAlias, name, environment, environmentId }) => (championAlias === null ? [] : [{ modelId, alias: championAlias, endpoint: name, environment: environment.name, environmentId }]));
};
