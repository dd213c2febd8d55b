import { type Tx } from "@/lib/platform/db";

/**
 * Numbers up to `limit` waiting events, in the order of their ids within each workspace, from the last number on, and takes them out
 * of the queue. The caller holds the lease's row, so that no one else numbers meanwhile. Returns how many it numbered.
 */
export const numberPending = async (tx: Tx, limit: number, now: Date): Promise<number> =>
  tx.$executeRaw`
    WITH waiting AS (
      SELECT p.event_id, p.workspace_id, row_number() OVER (PARTITION BY p.workspace_id ORDER BY p.event_id) AS place
      FROM (SELECT event_id, workspace_id FROM audit_pending ORDER BY event_id LIMIT ${limit}) p
    ), taken AS (
      DELETE FROM audit_pending WHERE event_id IN (SELECT event_id FROM waiting)
    ), last AS (
      SELECT w.workspace_id, coalesce((SELECT max(s.seq) FROM audit_sequence s WHERE s.workspace_id = w.workspace_id), 0) AS seq
      FROM (SELECT DISTINCT workspace_id FROM waiting) w
    )
    INSERT INTO audit_sequence (workspace_id, seq, event_id, leaf_hash, sequenced_at)
    SELECT w.workspace_id, last.seq + w.place, w.event_id, e.leaf_hash, ${now}
    FROM waiting w JOIN last USING (workspace_id) JOIN audit_event e ON e.id = w.event_id
    ORDER BY w.workspace_id, w.place`;

export const hasPending = async (tx: Tx): Promise<boolean> => (await tx.auditPending.findFirst({ select: { eventId: true } })) !== null;
