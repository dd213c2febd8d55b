import { newId } from "@/lib/core/ids";
import { type Tx } from "@/lib/platform/db";

import type { KeyValue } from "./store-runs";

export type DatasetInput = { name: string; digest: string; sourceType: string; source: string; schema: string | null; profile: string | null; tags: KeyValue[] };

/** Notes that a run read a dataset; a dataset is known by experiment, name and digest, and repeating changes nothing. */
export const insertRunInput = async (tx: Tx, workspaceId: string, run: { seq: bigint; experimentNumber: number }, { tags, ...dataset }: DatasetInput, now: Date): Promise<void> => {
  const identity = { workspaceId, experimentNumber: run.experimentNumber, name: dataset.name, digest: dataset.digest };
  await tx.dataset.createMany({ data: [{ id: newId(now.getTime()), ...identity, ...dataset }], skipDuplicates: true });
  const { id: datasetId } = await tx.dataset.findUniqueOrThrow({ where: { workspaceId_experimentNumber_name_digest: identity }, select: { id: true } });
  await tx.runInput.createMany({ data: [{ workspaceId, runSeq: run.seq, datasetId, tags }], skipDuplicates: true });
};
