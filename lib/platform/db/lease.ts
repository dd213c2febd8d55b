import type { Tx } from "./client";

/** Proof of leadership: whoever holds a lower epoch than the row has lost it. */
export type HeldLease = { name: string; owner: string; epoch: bigint };

/**
 * Takes or renews the lease `name` for `ttlMs` from `now`. A new holder gets a higher epoch (the fence); the same holder keeps its
 * own. Returns undefined while another holds it.
 */
export const acquireLease = async (tx: Tx, { name, owner, ttlMs, now }: { name: string; owner: string; ttlMs: number; now: Date }): Promise<HeldLease | undefined> => {
  const expiresAt = new Date(now.getTime() + ttlMs);
  const rows = await tx.$queryRaw<{ epoch: bigint }[]>`
    INSERT INTO lease (name, owner, epoch, expires_at) VALUES (${name}, ${owner}, 1, ${expiresAt})
    ON CONFLICT (name) DO UPDATE SET
      owner = EXCLUDED.owner,
      epoch = CASE WHEN lease.owner = EXCLUDED.owner THEN lease.epoch ELSE lease.epoch + 1 END,
      expires_at = EXCLUDED.expires_at
    WHERE lease.owner = EXCLUDED.owner OR lease.expires_at <= ${now}
    RETURNING epoch`;
  const row = rows[0];
  return row ? { name, owner, epoch: row.epoch } : undefined;
};

/** Locks the lease's row to the end of the transaction and tells whether `held` is still its current epoch; what is written after a yes can't be overtaken. */
export const lockLease = async (tx: Tx, held: HeldLease): Promise<boolean> => {
  const rows = await tx.$queryRaw<{ epoch: bigint; owner: string }[]>`SELECT epoch, owner FROM lease WHERE name = ${held.name} FOR UPDATE`;
  const row = rows[0];
  return row !== undefined && row.owner === held.owner && row.epoch === held.epoch;
};
