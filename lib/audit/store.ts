import { type Prisma, type Tx } from "@/lib/platform/db";

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

/** Inserts an event, the personal values behind its commitments, and its place in the queue of the sequencer. */
export const insertEvent = async (tx: Tx, row: EventRow, commitments: readonly Commitment[]): Promise<void> => {
  await tx.auditEvent.create({ data: { ...row, leafHash: new Uint8Array(row.leafHash) } });
  if (commitments.length > 0) {
    await tx.auditPersonalValue.createMany({
      data: commitments.map(({ field, salt, value }) => ({ eventId: row.id, workspaceId: row.workspaceId, field, salt: new Uint8Array(salt), value })),
    });
  }
  await tx.auditPending.create({ data: { eventId: row.id, workspaceId: row.workspaceId } });
};

export const insertOutboxEvent = async (tx: Tx, row: Omit<Prisma.OutboxEventCreateManyInput, "data"> & { data: Prisma.InputJsonValue | null }): Promise<void> => {
  await tx.outboxEvent.create({ data: { ...row, data: row.data ?? {} } });
};
