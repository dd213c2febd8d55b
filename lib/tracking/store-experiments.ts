import type { Position } from "@/lib/core/keyset";
import { beyond, orderBy, type OrderTerm, type Placed, positionColumn, Prisma, type Tx } from "@/lib/platform/db";

export type ExperimentRow = { number: number; name: string; artifactLocation: string; lifecycleStage: string; createdAt: Date; updatedAt: Date; tags: { key: string; value: string }[] };

const include = { tags: { select: { key: true, value: true }, orderBy: { key: "asc" } } } as const;

export const findExperiment = (tx: Tx, workspaceId: string, number: number): Promise<ExperimentRow | null> =>
  tx.experiment.findUnique({ where: { workspaceId_number: { workspaceId, number } }, include });

export const findExperimentByName = (tx: Tx, workspaceId: string, name: string): Promise<ExperimentRow | null> =>
  tx.experiment.findUnique({ where: { workspaceId_name: { workspaceId, name } }, include });

/** Makes the experiment 0, Default, that every workspace has. */
export const ensureDefaultExperiment = async (tx: Tx, workspaceId: string, now: Date): Promise<void> => {
  await tx.experiment.createMany({ data: [{ workspaceId, number: 0, name: "Default", artifactLocation: "mlflow-artifacts:/0", createdAt: now, updatedAt: now }], skipDuplicates: true });
};

/** Inserts an experiment; false when the workspace has one of that name. */
export const insertExperiment = async (tx: Tx, workspaceId: string, experiment: { number: number; name: string; artifactLocation: string; tags: { key: string; value: string }[] }, now: Date): Promise<boolean> => {
  const { tags, ...row } = experiment;
  const { count } = await tx.experiment.createMany({ data: [{ workspaceId, ...row, createdAt: now, updatedAt: now }], skipDuplicates: true });
  if (count === 1 && tags.length > 0) await tx.experimentTag.createMany({ data: tags.map((tag) => ({ workspaceId, experimentNumber: row.number, ...tag })) });
  return count === 1;
};

export const updateExperimentRow = async (tx: Tx, workspaceId: string, number: number, change: { name?: string; lifecycleStage?: string }, now: Date): Promise<void> => {
  await tx.experiment.update({ where: { workspaceId_number: { workspaceId, number } }, data: { ...change, updatedAt: now } });
};

/** Deletes or restores the runs of an experiment with it. */
export const setRunsStage = async (tx: Tx, workspaceId: string, experimentNumber: number, lifecycleStage: "active" | "deleted", now: Date): Promise<void> => {
  await tx.run.updateMany({ where: { workspaceId, experimentNumber, NOT: { lifecycleStage } }, data: { lifecycleStage, deletedAt: lifecycleStage === "deleted" ? now : null } });
};

export const setExperimentTag = async (tx: Tx, workspaceId: string, experimentNumber: number, key: string, value: string): Promise<void> => {
  await tx.experimentTag.upsert({ where: { workspaceId_experimentNumber_key: { workspaceId, experimentNumber, key } }, create: { workspaceId, experimentNumber, key, value }, update: { value } });
};

export const deleteExperimentTag = async (tx: Tx, workspaceId: string, experimentNumber: number, key: string): Promise<boolean> =>
  (await tx.experimentTag.deleteMany({ where: { workspaceId, experimentNumber, key } })).count > 0;

export type CompiledSearch = { conditions: readonly Prisma.Sql[]; order: readonly OrderTerm[]; after: Position | undefined; limit: number };
export const all = (conditions: readonly Prisma.Sql[]): Prisma.Sql => Prisma.join([Prisma.sql`true`, ...conditions], " AND ");

/** Experiments by conditions and order that the caller compiled. */
export const searchExperimentRows = async (tx: Tx, workspaceId: string, { conditions, order, after, limit }: CompiledSearch): Promise<Placed<ExperimentRow>[]> => {
  const found = await tx.$queryRaw<Placed<{ number: number }>[]>`
    SELECT e.number, ${positionColumn(order)} FROM experiment e
    WHERE e.workspace_id = ${workspaceId}::uuid AND ${all(conditions)} ${after ? Prisma.sql`AND ${beyond(order, after)}` : Prisma.empty} ORDER BY ${orderBy(order)} LIMIT ${limit}`;
  const rows = await tx.experiment.findMany({ where: { workspaceId, number: { in: found.map(({ number }) => number) } }, include });
  const byNumber = new Map(rows.map((row) => [row.number, row]));
  return found.flatMap(({ number, position }) => {
    const row = byNumber.get(number);
    return row ? [{ ...row, position }] : [];
  });
};
