import { newId } from "@/lib/core/ids";
import type { Prisma, Tx } from "@/lib/platform/db";

export type WebhookRow = Prisma.WebhookGetPayload<object>;
export type DeliveryRow = Prisma.WebhookDeliveryGetPayload<object>;
type After = { createdAt: Date; id: string } | undefined;

export const insertWebhook = (tx: Tx, data: Prisma.WebhookUncheckedCreateInput) => tx.webhook.create({ data });
export const findWebhook = (tx: Tx, workspaceId: string, id: string) => tx.webhook.findFirst({ where: { workspaceId, id } });
export const updateWebhookRow = (tx: Tx, id: string, data: Prisma.WebhookUncheckedUpdateInput) => tx.webhook.update({ where: { id }, data });
export const deleteWebhookRow = (tx: Tx, id: string) => tx.webhook.delete({ where: { id } });
/** Counts a workspace's webhooks; the lock lets one creation at a time count, so that the limit holds. */
export const countWebhooks = async (tx: Tx, workspaceId: string): Promise<number> => {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('slipway.webhook.create'), hashtext(${workspaceId}))`;
  return tx.webhook.count({ where: { workspaceId } });
};
export const listWebhookRows = (tx: Tx, workspaceId: string, after: After, limit: number) =>
  tx.webhook.findMany({
    where: { workspaceId, ...(after ? { OR: [{ createdAt: { lt: after.createdAt } }, { createdAt: after.createdAt, id: { lt: after.id } }] } : {}) },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: limit + 1,
  });

export type DeliveryCounts = { webhookId: string; pending: number; failed: number; lastStatus: string | null; lastSentAt: Date | null };
export const countDeliveries = (tx: Tx, webhookIds: readonly string[]): Promise<DeliveryCounts[]> =>
  webhookIds.length === 0
    ? Promise.resolve([])
    : tx.$queryRaw<DeliveryCounts[]>`
        SELECT w.id AS "webhookId",
          (SELECT count(*)::int FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.status = 'pending') AS pending,
          (SELECT count(*)::int FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.status = 'failed') AS failed,
          l.status AS "lastStatus", l.sent_at AS "lastSentAt"
        FROM webhook w LEFT JOIN LATERAL (SELECT status, sent_at FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.sent_at IS NOT NULL ORDER BY d.sent_at DESC, d.position DESC LIMIT 1) l ON true
        WHERE w.id = ANY(${[...webhookIds]}::uuid[])`;

export const listDeliveryRows = (tx: Tx, webhookId: string, filter: { status?: string | undefined; below?: bigint | undefined; limit: number }) =>
  tx.webhookDelivery.findMany({ where: { webhookId, ...(filter.status ? { status: filter.status } : {}), ...(filter.below === undefined ? {} : { position: { lt: filter.below } }) }, orderBy: { position: "desc" }, take: filter.limit + 1 });
export const findDelivery = (tx: Tx, workspaceId: string, webhookId: string, id: string) => tx.webhookDelivery.findFirst({ where: { workspaceId, webhookId, id } });
export const requeueDelivery = (tx: Tx, id: string, now: Date) => tx.webhookDelivery.update({ where: { id }, data: { status: "pending", attempts: 0, dueAt: now, error: null } });

export type PendingEvent = { eventId: string; workspaceId: string; workspace: string; type: string; time: Date; data: unknown };

/** Lets one process at a time make deliveries, so that they stand in the order of the changes; false while another does. */
export const tryToLead = async (tx: Tx): Promise<boolean> => (await tx.$queryRaw<{ led: boolean }[]>`SELECT pg_try_advisory_xact_lock(hashtext('slipway.webhooks')) AS led`)[0]?.led ?? false;

export const listPendingEvents = (tx: Tx, limit: number): Promise<PendingEvent[]> =>
  tx.$queryRaw<PendingEvent[]>`
    SELECT p.event_id AS "eventId", p.workspace_id AS "workspaceId", w.name AS workspace, o.type, o.time, o.data
    FROM webhook_pending p JOIN outbox_event o ON o.id = p.event_id JOIN workspace w ON w.id = p.workspace_id
    ORDER BY o.time, p.event_id LIMIT ${limit}`;
export const hasPendingEvents = async (tx: Tx): Promise<boolean> => (await tx.webhookPending.findFirst({ select: { eventId: true } })) !== null;
export const listListeners = (tx: Tx, workspaceIds: readonly string[]) => tx.webhook.findMany({ where: { workspaceId: { in: [...workspaceIds] }, status: "ACTIVE" }, select: { id: true, workspaceId: true, events: true, createdAt: true } });
/** Forgets events that were turned into deliveries, and those whose workspace is gone. */
export const clearPendingEvents = (tx: Tx, eventIds: readonly string[]) => tx.$executeRaw`
  DELETE FROM webhook_pending p WHERE p.event_id = ANY(${[...eventIds]}::uuid[]) OR NOT EXISTS (SELECT 1 FROM workspace w WHERE w.id = p.workspace_id)`;

export type NewDelivery = { workspaceId: string; webhookId: string; eventId: string; ordinal: number; event: string; body: string };
/** Queues deliveries in their order; what is queued already stays as it is. */
export const insertDeliveries = async (tx: Tx, rows: readonly NewDelivery[], now: Date): Promise<void> => {
  await tx.webhookDelivery.createMany({ data: rows.map((row) => ({ ...row, id: newId(now.getTime()), status: "pending", dueAt: now, createdAt: now })), skipDuplicates: true });
};

/** Webhooks that nobody holds and whose next delivery is due. */
export const listDueWebhooks = async (tx: Tx, now: Date): Promise<string[]> => {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT w.id FROM webhook w
    WHERE w.status = 'ACTIVE' AND (w.held_until IS NULL OR w.held_until <= ${now})
      AND w.id IN (SELECT webhook_id FROM webhook_delivery WHERE status = 'pending' AND due_at <= ${now})
      AND (SELECT d.due_at FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.status = 'pending' ORDER BY d.position LIMIT 1) <= ${now}
    LIMIT 100`;
  return rows.map(({ id }) => id);
};

/** Holds a webhook until `until`: its sender is alone as long as it keeps to that. Returns the webhook with its new fence. */
export const holdWebhook = async (tx: Tx, id: string, now: Date, until: Date): Promise<WebhookRow | undefined> => {
  const { count } = await tx.webhook.updateMany({ where: { id, status: "ACTIVE", OR: [{ heldUntil: null }, { heldUntil: { lte: now } }] }, data: { heldUntil: until, fence: { increment: 1 } } });
  return count === 1 ? ((await tx.webhook.findUnique({ where: { id } })) ?? undefined) : undefined;
};
export const releaseWebhook = async (tx: Tx, id: string, fence: number): Promise<void> => {
  await tx.webhook.updateMany({ where: { id, fence }, data: { heldUntil: null } });
};
/** The oldest delivery that waits; undefined when there is none or it is not due, so that the order is kept. */
export const findHead = async (tx: Tx, webhookId: string, now: Date): Promise<DeliveryRow | undefined> => {
  const head = await tx.webhookDelivery.findFirst({ where: { webhookId, status: "pending" }, orderBy: { position: "asc" } });
  return head && head.dueAt <= now ? head : undefined;
};

export type Settled = { status: "pending" | "delivered" | "failed"; attempts: number; dueAt: Date; sentAt: Date; responseStatus: number | null; responseBody: string | null; error: string | null };
/** Writes how a sending went, unless another sender has taken over since. */
export const settleDelivery = async (tx: Tx, { webhookId, fence, id }: { webhookId: string; fence: number; id: string }, settled: Settled): Promise<boolean> =>
  (await tx.webhookDelivery.updateMany({ where: { id, status: "pending", webhook: { id: webhookId, fence } }, data: settled })).count === 1;

/** Ends what waited too long, and drops what was settled long ago or is beyond the newest `keep` of a webhook. */
export const pruneDeliveries = async (tx: Tx, { settledBefore, waitingSince, keep }: { settledBefore: Date; waitingSince: Date; keep: number }): Promise<{ ended: number; dropped: number }> => {
  const { count: ended } = await tx.webhookDelivery.updateMany({ where: { status: "pending", createdAt: { lt: waitingSince }, dueAt: { lt: waitingSince } }, data: { status: "failed", error: "It could not be delivered in time." } });
  const dropped = await tx.$executeRaw`
    DELETE FROM webhook_delivery d USING webhook w
    WHERE d.webhook_id = w.id AND d.status <> 'pending' AND (d.created_at < ${settledBefore}
      OR d.position < (SELECT min(n.position) FROM (SELECT position FROM webhook_delivery k WHERE k.webhook_id = w.id ORDER BY position DESC LIMIT ${keep}) n))`;
  return { ended, dropped };
};
