import { type Tx } from "@/lib/platform/db";

/** Moves every other version of a stage to Archived; returns those that it moved. */
export const archiveStage = async (tx: Tx, modelId: string, stage: string, exceptId: string, now: Date): Promise<{ id: string; number: number }[]> => {
  const rows = await tx.modelVersion.findMany({ where: { modelId, stage, deletedAt: null, id: { not: exceptId } }, select: { id: true, number: true }, orderBy: { number: "asc" } });
  await tx.modelVersion.updateMany({ where: { id: { in: rows.map(({ id }) => id) } }, data: { stage: "Archived", updatedAt: now } });
  return rows;
};

/** Writes the stage of a version; its model counts as changed too. */
export const setStageRow = async (tx: Tx, modelId: string, versionId: string, stage: string, now: Date): Promise<void> => {
  await tx.modelVersion.update({ where: { id: versionId }, data: { stage, updatedAt: now } });
  await tx.registeredModel.update({ where: { id: modelId }, data: { updatedAt: now } });
};
