import { Prisma, type Tx } from "@/lib/platform/db";

import type { EventRow } from "./store";

export type AuditRow = Omit<EventRow, "workspaceId" | "leafHash"> & { leafHash: Uint8Array; seq: bigint | null; sequencedAt: Date | null };

export type AuditFilter = {
  actor?: { id: string } | "system" | undefined;
  action?: string | undefined;
  targetType?: string | undefined;
  targetId?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
  q?: string | undefined;
};

const columns = Prisma.sql`e.id::text AS id, e.occurred_at AS "occurredAt", e.actor_type AS "actorType", e.actor_id::text AS "actorId", e.action, e.target_type AS "targetType", e.target_id AS "targetId",
  e.target_name AS "targetName", e.request_id AS "requestId", e.canonical, e.leaf_hash AS "leafHash", s.seq, s.sequenced_at AS "sequencedAt"`;

const like = (text: string): string => `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;

const conditions = (workspaceId: string, { actor, action, targetType, targetId, from, to, q }: AuditFilter): Prisma.Sql => {
  const all = [Prisma.sql`e.workspace_id = ${workspaceId}::uuid`];
  if (actor === "system") all.push(Prisma.sql`e.actor_type = 'system'`);
  else if (actor) all.push(Prisma.sql`e.actor_id = ${actor.id}::uuid`);
  if (action?.endsWith(".")) all.push(Prisma.sql`starts_with(e.action, ${action})`);
  else if (action) all.push(Prisma.sql`e.action = ${action}`);
  if (targetType) all.push(Prisma.sql`e.target_type = ${targetType}`);
  if (targetId) all.push(Prisma.sql`e.target_id = ${targetId}`);
  if (from) all.push(Prisma.sql`e.occurred_at >= ${from}`);
  if (to) all.push(Prisma.sql`e.occurred_at < ${to}`);
  if (q) {
    const pattern = like(q);
    all.push(Prisma.sql`(e.action ILIKE ${pattern} OR e.target_name ILIKE ${pattern} OR e.target_id ILIKE ${pattern} OR e.request_id ILIKE ${pattern}
      OR e.id IN (SELECT p.event_id FROM audit_personal_value p WHERE p.workspace_id = ${workspaceId}::uuid AND p.value ILIKE ${pattern}))`);
  }
  return Prisma.join(all, " AND ");
};

/** Events, newest first, one more than `limit`; `before` is the time and id of the last row seen. */
export const listEventRows = (tx: Tx, workspaceId: string, filter: AuditFilter, limit: number, before?: { occurredAt: Date; id: string }): Promise<AuditRow[]> => {
  const where = conditions(workspaceId, filter);
  const page = before ? Prisma.sql`AND (e.occurred_at, e.id) < (${before.occurredAt}, ${before.id}::uuid)` : Prisma.empty;
  return tx.$queryRaw<AuditRow[]>`
    SELECT ${columns} FROM audit_event e LEFT JOIN audit_sequence s ON s.event_id = e.id
    WHERE ${where} ${page} ORDER BY e.occurred_at DESC, e.id DESC LIMIT ${limit + 1}`;
};

export const findEventRow = async (tx: Tx, workspaceId: string, id: string): Promise<AuditRow | undefined> => {
  const rows = await tx.$queryRaw<AuditRow[]>`
    SELECT ${columns} FROM audit_event e LEFT JOIN audit_sequence s ON s.event_id = e.id WHERE e.workspace_id = ${workspaceId}::uuid AND e.id = ${id}::uuid`;
  return rows[0];
};

export type PersonalRow = { eventId: string; field: string; salt: Uint8Array; value: string };

/** The personal values behind the commitments of these events, as far as they were not erased. */
export const listPersonalRows = (tx: Tx, workspaceId: string, eventIds: readonly string[]): Promise<PersonalRow[]> =>
  tx.auditPersonalValue.findMany({ where: { workspaceId, eventId: { in: [...eventIds] } }, select: { eventId: true, field: true, salt: true, value: true } });

export type Counted = { value: string; count: number };

export const countBy = (tx: Tx, workspaceId: string, column: "action" | "targetType" | "actor", filter: Pick<AuditFilter, "from" | "to">): Promise<Counted[]> => {
  const key = { action: Prisma.sql`e.action`, targetType: Prisma.sql`e.target_type`, actor: Prisma.sql`coalesce(e.actor_id::text, 'system')` }[column];
  return tx.$queryRaw<Counted[]>`SELECT ${key} AS value, count(*)::int AS count FROM audit_event e WHERE ${conditions(workspaceId, filter)} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 200`;
};

export const countPending = (tx: Tx, workspaceId: string): Promise<number> => tx.auditPending.count({ where: { workspaceId } });

export const findNames = async (tx: Tx, userIds: readonly string[]): Promise<Map<string, string>> => {
  const found = await tx.user.findMany({ where: { id: { in: [...userIds] } }, select: { id: true, name: true } });
  return new Map(found.map(({ id, name }) => [id, name]));
};

export const findLastNumber = async (tx: Tx, workspaceId: string): Promise<number> => {
  const last = await tx.auditSequence.findFirst({ where: { workspaceId }, orderBy: { seq: "desc" }, select: { seq: true } });
  return Number(last?.seq ?? 0);
};
