import { Prisma, type Tx } from "@/lib/platform/db";

import { queryVersions, type VersionRow } from "./store-versions";

/** Versions that came from runs, newest first. */
export const listVersionsOfRuns = (tx: Tx, workspaceId: string, runIds: readonly string[]): Promise<VersionRow[]> =>
  runIds.length === 0
    ? Promise.resolve([])
    : queryVersions(tx, Prisma.sql`WHERE v.workspace_id = ${workspaceId}::uuid AND v.run_id = ANY(${[...runIds]}::char(32)[]) AND v.deleted_at IS NULL ORDER BY v.created_at DESC, m.name, v.number DESC LIMIT 1000`);
