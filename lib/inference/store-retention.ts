import type { Tx } from "@/lib/platform/db";

export const partitionedTables = ["inference.call", "inference.body", "public.prediction_outcome"] as const;
export type PartitionedTable = (typeof partitionedTables)[number];

/** One day of one partitioned table; `day` is YYYY-MM-DD in UTC. */
export type Partition = { table: PartitionedTable; day: string; bytes: number };

type PartitionRow = { parent: string; part: string; bytes: bigint };

/** Lists the daily partitions of the log tables, oldest first, bodies before calls of the same day. */
export const listPartitions = async (tx: Tx): Promise<Partition[]> => {
  const rows = await tx.$queryRaw<PartitionRow[]>`
    SELECT pn.nspname || '.' || pc.relname AS parent, c.relname AS part, pg_total_relation_size(c.oid) AS bytes
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class pc ON pc.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = pc.relnamespace
    WHERE pn.nspname || '.' || pc.relname = ANY(${[...partitionedTables]}) AND c.relname ~ '_[0-9]{8}$'
    ORDER BY right(c.relname, 8), pc.relname`;
  return rows.flatMap(({ parent, part, bytes }) => {
    const table = partitionedTables.find((name) => name === parent);
    const digits = part.slice(-8);
    return table ? [{ table, day: `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`, bytes: Number(bytes) }] : [];
  });
};

/** Makes the partitions of all days in [first, last] that are missing and returns how many were. */
export const ensurePartitions = async (tx: Tx, first: string, last: string): Promise<number> => {
  const rows = await tx.$queryRaw<{ made: number }[]>`SELECT inference.ensure_partitions(${first}::date, ${last}::date) AS made`;
  return rows[0]?.made ?? 0;
};

/** Drops one day and returns the rows that it held. */
export const dropPartition = async (tx: Tx, { table, day }: Partition): Promise<number> => {
  const rows = await tx.$queryRaw<{ held: bigint }[]>`SELECT inference.drop_partition(${table}, ${day}::date) AS held`;
  return Number(rows[0]?.held ?? 0);
};

/** Removes what has served its time: batch rows whose calls are gone, what was kept for repeated requests, failed sign-ins. */
export const deleteExpired = async (tx: Tx, now: Date, batchesBefore: Date, failuresBefore: Date): Promise<{ batches: number; idempotencyKeys: number; runCreations: number; signInFailures: number }> => ({
  batches: await tx.$executeRaw`DELETE FROM inference.batch WHERE id IN (SELECT id FROM inference.batch WHERE written_at < ${batchesBefore} LIMIT 10000)`,
  idempotencyKeys: (await tx.idempotencyKey.deleteMany({ where: { expiresAt: { lt: now } } })).count,
  runCreations: (await tx.runCreation.deleteMany({ where: { expiresAt: { lt: now } } })).count,
  signInFailures: (await tx.signInFailure.deleteMany({ where: { at: { lt: failuresBefore } } })).count,
});
