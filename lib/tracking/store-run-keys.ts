import { Prisma, type Tx } from "@/lib/platform/db";

export type RunKeyNames = { metrics: string[]; params: string[]; tags: string[] };

/** The distinct keys at the head of an index, one look-up each: the rows between them are never read. */
const hop = (kind: "params" | "tags", seq: number, limit: number): Prisma.Sql => {
  const table = kind === "params" ? Prisma.sql`run_param` : Prisma.sql`run_tag`;
  return Prisma.sql`SELECT ${kind}::text AS kind, key FROM (
    WITH RECURSIVE hop AS (
      (SELECT key FROM ${table} WHERE experiment_seq = ${seq}::int ORDER BY key LIMIT 1)
      UNION ALL SELECT (SELECT x.key FROM ${table} x WHERE x.experiment_seq = ${seq}::int AND x.key > hop.key ORDER BY x.key LIMIT 1) FROM hop WHERE hop.key IS NOT NULL
    ) SELECT key FROM hop WHERE key IS NOT NULL LIMIT ${limit}) keys`;
};

/** Names of the metrics, params and tags that runs of an experiment use, in order; at most `limit` of each kind. */
export const listExperimentKeys = async (tx: Tx, workspaceId: string, number: number, limit: number): Promise<RunKeyNames> => {
  const names: RunKeyNames = { metrics: [], params: [], tags: [] };
  const experiment = await tx.experiment.findUnique({ where: { workspaceId_number: { workspaceId, number } }, select: { seq: true } });
  if (!experiment) return names;
  const rows = await tx.$queryRaw<{ kind: keyof RunKeyNames; key: string }[]>`
    SELECT 'metrics' AS kind, key FROM (SELECT k.key FROM metric_key k
      WHERE k.workspace_id = ${workspaceId}::uuid AND (SELECT true FROM metric_latest x WHERE x.key_id = k.id AND x.experiment_number = ${number}::int LIMIT 1) ORDER BY k.key LIMIT ${limit}) used
    UNION ALL ${hop("params", experiment.seq, limit)} UNION ALL ${hop("tags", experiment.seq, limit)}`;
  for (const { kind, key } of rows) names[kind].push(key);
  return names;
};
