import type { Tx } from "@/lib/platform/db";

import { runColumns, type RunRow } from "./store-runs";

type RawRun = Omit<RunRow, "startTime" | "endTime"> & { startTime: bigint | null; endTime: bigint | null };

/** Runs of the workspace among `runIds`, in no order. */
export const findRuns = async (tx: Tx, workspaceId: string, runIds: readonly string[]): Promise<RunRow[]> => {
  const rows = await tx.$queryRaw<RawRun[]>`SELECT ${runColumns} FROM run r WHERE r.workspace_id = ${workspaceId}::uuid AND r.run_id = ANY(${[...runIds]}::char(32)[])`;
  return rows.map(({ startTime, endTime, ...row }) => ({ ...row, startTime: startTime === null ? null : Number(startTime), endTime: endTime === null ? null : Number(endTime) }));
};
