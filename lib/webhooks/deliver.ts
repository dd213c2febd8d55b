import { dayMs } from "@/lib/core/durations";
import { isObject } from "@/lib/core/json";
import { openSealedText } from "@/lib/http/seal";
import { type Deps, transact } from "@/lib/platform/context";

import { bodyOf, noticesOf } from "./events";
import { type Outcome, sendNotice } from "./send";
import * as store from "./store";

const eventsAtOnce = 100;
const holdMs = 45_000;
/** A turn ends before its hold does, the last sending included. */
const turnMs = 20_000;
const maxAttempts = 8;
const keptDays = 30;
const keptDeliveries = 1_000;
const waitDays = 3;

/** Milliseconds before the attempt after the n-th: 2 s, tripled each time, at most 10 minutes. */
export const backOffMs = (attempts: number): number => Math.min(600_000, 2_000 * 3 ** (attempts - 1));

/** Turns pending events of the outbox into deliveries, one for each webhook that asked for them. Safe to run twice and beside its twin. */
export const queueDeliveries = async (deps: Deps): Promise<number> => {
  const webhooks = await transact(deps, async (tx, now) => {
    if (!(await store.tryToLead(tx))) return [];
    const events = await store.listPendingEvents(tx, eventsAtOnce);
    const listeners = await store.listListeners(tx, [...new Set(events.map(({ workspaceId }) => workspaceId))]);
    // A restored backup brings its whole past along, which is no news; what is recent is known by its deliveries.
    const news = events.filter(({ time }) => now.getTime() - time.getTime() < waitDays * dayMs);
    const rows = news.flatMap(({ eventId, workspaceId, workspace, type, time, data }) =>
      noticesOf(type, isObject(data) ? data : {}).flatMap((notice, ordinal) =>
        listeners
          .filter((webhook) => webhook.workspaceId === workspaceId && webhook.createdAt <= time && webhook.events.includes(notice.event))
          .map((webhook) => ({ workspaceId, webhookId: webhook.id, eventId, ordinal, event: notice.event, body: bodyOf(notice, time, workspace) }))));
    await store.insertDeliveries(tx, rows, now);
    await store.clearPendingEvents(tx, events.map(({ eventId }) => eventId));
    return [...new Set(rows.map(({ webhookId }) => webhookId))];
  });
  for (const webhookId of webhooks) await deps.jobs.send("webhooks.deliver", { webhookId }, { dedupeKey: webhookId });
  return webhooks.length;
};

export const isQueueingDue = (deps: Deps): Promise<boolean> => store.hasPendingEvents(deps.db);
export const listDueWebhooks = async (deps: Deps): Promise<string[]> => store.listDueWebhooks(deps.db, await deps.clock.now(deps.db));

/**
 * Sends what is due of one webhook, oldest first, until something fails or the turn is over. Whoever dies in between leaves the
 * delivery pending: it is sent again when the hold ends, with the same id.
 */
export const deliverWebhook = async (deps: Deps, webhookId: string): Promise<number> => {
  const { db, clock, env } = deps;
  const startedMs = Date.now();
  const held = await transact(deps, (tx, now) => store.holdWebhook(tx, webhookId, now, new Date(now.getTime() + holdMs)));
  if (!held) return 0;
  const secret = held.secret === null ? null : openSealedText(env.secretKey, held.secret);
  let sent = 0;
  while (Date.now() - startedMs < turnMs) {
    const at = await clock.now(db);
    const head = await store.findHead(db, webhookId, at);
    if (!head) break;
    const outcome = await sendNotice(deps, { url: held.url, secret, id: head.id, body: head.body, at });
    const settled = settle(outcome, head.attempts + 1, at, await clock.now(db));
    if (!(await store.settleDelivery(db, { webhookId, fence: held.fence, id: head.id }, settled))) break;
    sent += 1;
    if (settled.status === "pending") break;
  }
  await store.releaseWebhook(db, webhookId, held.fence);
  return sent;
};

const settle = ({ kind, status, responseBody, error, retryAfterMs }: Outcome, attempts: number, sentAt: Date, now: Date): store.Settled => {
  const isOver = kind === "refused" || (kind === "retry" && attempts >= maxAttempts);
  return {
    status: kind === "delivered" ? "delivered" : isOver ? "failed" : "pending",
    attempts,
    sentAt,
    dueAt: new Date(now.getTime() + (kind === "retry" ? Math.max(retryAfterMs ?? 0, backOffMs(attempts)) : 0)),
    responseStatus: status,
    responseBody,
    error: error !== null && kind === "retry" && isOver ? `${error} Given up after ${attempts} attempts.` : error,
  };
};

/** Keeps the history within bounds: 1,000 deliveries a webhook, 30 days. What could not be sent for three days is given up. */
export const pruneDeliveries = async (deps: Deps): Promise<{ ended: number; dropped: number }> => {
  const now = (await deps.clock.now(deps.db)).getTime();
  return store.pruneDeliveries(deps.db, { settledBefore: new Date(now - keptDays * dayMs), waitingSince: new Date(now - waitDays * dayMs), keep: keptDeliveries });
};
