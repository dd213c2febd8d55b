import type { Json } from "@/lib/core/json";
import { type Tx } from "@/lib/platform/db";

import type { Commitment } from "./canonical";

export type EventRow = {
  id: string;
  workspaceId: string;
  occurredAt: Date;
  actorType: string;
  actorId: string | null;
  action: string;
  targetType: string;
  targetId: string;
  targetName: string;
  requestId: string | null;
  canonical: string;
  leafHash: Buffer;
};

export type OutboxRow = { type: string; source: string; subject: string; schemaVersion: number; data: Json };

/**
 * Inserts an event, the personal values behind its commitments, its place in the queue of the sequencer, and its CloudEvent: in one
 * statement, because every change of anything waits for it.
 */
export const insertChange = async (tx: Tx, row: EventRow, commitments: readonly Commitment[], outbox: OutboxRow): Promise<void> => {
  const { id, workspaceId, occurredAt } = row;
  await tx.$executeRaw`
    WITH pending AS (
      INSERT INTO audit_pending (event_id, workspace_id) VALUES (${id}::uuid, ${workspaceId}::uuid)
    ), personal AS (
      INSERT INTO audit_personal_value (event_id, workspace_id, field, salt, value) SELECT ${id}::uuid, ${workspaceId}::uuid, u.field, decode(u.salt, 'hex'), u.value
      FROM unnest(${commitments.map(({ field }) => field)}::text[], ${commitments.map(({ salt }) => salt.toString("hex"))}::text[], ${commitments.map(({ value }) => value)}::text[]) AS u(field, salt, value)
    ), outbox AS (
      INSERT INTO outbox_event (id, workspace_id, type, source, subject, time, schema_version, data)
      VALUES (${id}::uuid, ${workspaceId}::uuid, ${outbox.type}, ${outbox.source}, ${outbox.subject}, ${occurredAt}, ${outbox.schemaVersion}, ${JSON.stringify(outbox.data)}::jsonb)
    )
    INSERT INTO audit_event (id, workspace_id, occurred_at, actor_type, actor_id, action, target_type, target_id, target_name, request_id, canonical, leaf_hash)
    VALUES (${id}::uuid, ${workspaceId}::uuid, ${occurredAt}, ${row.actorType}, ${row.actorId}::uuid, ${row.action}, ${row.targetType}, ${row.targetId}, ${row.targetName}, ${row.requestId}, ${row.canonical}, ${new Uint8Array(row.leafHash)})`;
};
