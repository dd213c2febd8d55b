import type { SqlTx } from "@/lib/platform/db";

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

export type OutboxRow = { type: string; source: string; subject: string; schemaVersion: number; /** JSON. */ data: string };

/**
 * Parts of a WITH that insert an event, the personal values behind its commitments, its place in the queue of the sequencer, and its
 * CloudEvent; their parameters are `changeValues`, from `$first` on. One statement, because every change of anything waits for it. Nothing
 * is inserted where `condition`, which may name other parts, does not hold.
 */
export const changeParts = (first: number, condition = "true"): string => {
  const at = (index: number, type: string): string => `$${first + index}::${type}`;
  const [id, workspace, time] = [at(0, "uuid"), at(1, "uuid"), at(2, "timestamptz")];
  return `audit_event_row AS (
    INSERT INTO audit_event (id, workspace_id, occurred_at, actor_type, actor_id, action, target_type, target_id, target_name, request_id, canonical, leaf_hash)
    SELECT ${id}, ${workspace}, ${time}, ${at(3, "text")}, ${at(4, "uuid")}, ${at(5, "text")}, ${at(6, "text")}, ${at(7, "text")}, ${at(8, "text")}, ${at(9, "text")}, ${at(10, "text")}, decode(${at(11, "text")}, 'hex') WHERE ${condition}
  ), audit_pending_row AS (
    INSERT INTO audit_pending (event_id, workspace_id) SELECT ${id}, ${workspace} WHERE ${condition}
  ), audit_personal_rows AS (
    INSERT INTO audit_personal_value (event_id, workspace_id, field, salt, value)
    SELECT ${id}, ${workspace}, u.field, decode(u.salt, 'hex'), u.value FROM unnest(${at(12, "text[]")}, ${at(13, "text[]")}, ${at(14, "text[]")}) AS u(field, salt, value) WHERE ${condition}
  ), outbox_event_row AS (
    INSERT INTO outbox_event (id, workspace_id, type, source, subject, time, schema_version, data)
    SELECT ${id}, ${workspace}, ${at(15, "text")}, ${at(16, "text")}, ${at(17, "text")}, ${time}, ${at(18, "int")}, ${at(19, "jsonb")} WHERE ${condition}
  )`;
};

export type ChangeRows = { event: EventRow; commitments: readonly Commitment[]; outbox: OutboxRow };

export const changeValues = ({ event, commitments, outbox }: ChangeRows): (string | number | string[] | null)[] => [
  event.id, event.workspaceId, event.occurredAt.toISOString(), event.actorType, event.actorId, event.action, event.targetType, event.targetId, event.targetName, event.requestId, event.canonical, event.leafHash.toString("hex"),
  commitments.map(({ field }) => field), commitments.map(({ salt }) => salt.toString("hex")), commitments.map(({ value }) => value),
  outbox.type, outbox.source, outbox.subject, outbox.schemaVersion, outbox.data,
];

const insertText = `/* prepared as insert_change */ WITH ${changeParts(1)} SELECT 1`;

export const insertChange = async (tx: SqlTx, rows: ChangeRows): Promise<void> => {
  await tx.$queryRawUnsafe(insertText, ...changeValues(rows));
};
