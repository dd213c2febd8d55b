import { recordChange } from "@/lib/audit/server";
import { AppError } from "@/lib/core/errors";
import { formatId, newId, tryParseId } from "@/lib/core/ids";
import { decodeCursor, type Page, toPage } from "@/lib/core/pagination";
import { openSealedText, sealText } from "@/lib/http/seal";
import { authorize } from "@/lib/identity/server";
import { actorName, type Context, transact } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { checkWebhookUrl } from "./address";
import { bodyOf, exampleOf } from "./events";
import { type DeliveryView, type TestView, WebhookCreate, WebhookUpdate, type WebhookView } from "./schema";
import { sendNotice } from "./send";
import * as store from "./store";
import { toDeliveryView, toWebhookView } from "./view";

const maxWebhooks = 100;

const need = async (tx: Tx, ctx: Context, id: string): Promise<store.WebhookRow> => {
  const uuid = tryParseId("webhook", id);
  const row = uuid === undefined ? null : await store.findWebhook(tx, ctx.workspace.id, uuid);
  if (!row) throw new AppError("not_found", "webhook.not_found", `Webhook with ID ${id.slice(0, 80)} not found.`);
  return row;
};

const target = (row: Pick<store.WebhookRow, "id" | "name">) => ({ type: "webhook", id: formatId("webhook", row.id), name: row.name });
/** What the record may hold: an address can carry a secret in its query, the secret itself is never named. */
const onRecord = ({ name, url, events, description, status, secret }: Pick<store.WebhookRow, "name" | "url" | "events" | "description" | "status" | "secret">) => ({ name, url: url.replace(/\?.*$/, "?…"), events, description, status, isSigned: secret !== null });

const describe = async (tx: Tx, rows: readonly store.WebhookRow[]): Promise<WebhookView[]> => {
  const counts = new Map((await store.countDeliveries(tx, rows.map(({ id }) => id))).map((count) => [count.webhookId, count]));
  return rows.map((row) => toWebhookView(row, counts.get(row.id)));
};

/** Creates a webhook; raises invalid for an address that may not be called. The secret is sealed and never shown again. */
export const createWebhook = async (ctx: Context, input: WebhookCreate): Promise<WebhookView> => {
  authorize(ctx, "webhook:manage");
  const { name, url, events, description, secret, status } = WebhookCreate.parse(input);
  await checkWebhookUrl(ctx.deps.env, url);
  return transact(ctx.deps, async (tx, now) => {
    if ((await store.countWebhooks(tx, ctx.workspace.id)) >= maxWebhooks) throw new AppError("conflict", "webhook.too_many", `A workspace has at most ${maxWebhooks} webhooks. Delete one that nobody needs.`);
    const row = await store.insertWebhook(tx, {
      id: newId(now.getTime()), workspaceId: ctx.workspace.id, name, url, events: [...new Set(events)], description: description || null,
      secret: secret ? sealText(ctx.deps.env.secretKey, secret) : null, status, createdBy: actorName(ctx.actor), createdAt: now, updatedAt: now,
    });
    await recordChange(tx, ctx, now, { action: "webhook.create", target: target(row), change: { after: onRecord(row) } });
    return toWebhookView(row);
  });
};

export const getWebhook = async (ctx: Context, id: string): Promise<WebhookView> => {
  authorize(ctx, "webhook:manage");
  const [view] = await describe(ctx.deps.db, [await need(ctx.deps.db, ctx, id)]);
  if (!view) throw new AppError("internal", "webhook.lost", "The webhook could not be read back.");
  return view;
};

const timeKey = (cursor: string | undefined): { createdAt: Date; id: string } | undefined => {
  if (cursor === undefined) return undefined;
  const [at, id] = decodeCursor(cursor, 2);
  const createdAt = new Date(String(at));
  if (Number.isNaN(createdAt.getTime()) || !/^[0-9a-f-]{36}$/.test(String(id))) throw new AppError("invalid", "page.bad_cursor", "The cursor is not one that this list returned; start again without it.");
  return { createdAt, id: String(id) };
};

/** Lists webhooks, newest first. */
export const listWebhooks = async (ctx: Context, { limit, cursor }: { limit: number; cursor?: string | undefined }): Promise<Page<WebhookView>> => {
  authorize(ctx, "webhook:manage");
  const rows = await store.listWebhookRows(ctx.deps.db, ctx.workspace.id, timeKey(cursor), limit);
  const views = new Map((await describe(ctx.deps.db, rows.slice(0, limit))).map((view) => [view.id, view]));
  return toPage(rows, limit, (row) => views.get(formatId("webhook", row.id)) ?? toWebhookView(row), (row) => [row.createdAt.toISOString(), row.id]);
};

/** Changes a webhook; absent members stay. An empty secret takes the signature away. */
export const updateWebhook = async (ctx: Context, id: string, input: WebhookUpdate): Promise<WebhookView> => {
  authorize(ctx, "webhook:manage");
  const { secret, events, description, ...rest } = WebhookUpdate.parse(input);
  if (rest.url !== undefined) await checkWebhookUrl(ctx.deps.env, rest.url);
  return transact(ctx.deps, async (tx, now) => {
    const before = await need(tx, ctx, id);
    const row = await store.updateWebhookRow(tx, before.id, {
      ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
      ...(events === undefined ? {} : { events: [...new Set(events)] }),
      ...(description === undefined ? {} : { description: description || null }),
      ...(secret === undefined ? {} : { secret: secret === "" ? null : sealText(ctx.deps.env.secretKey, secret) }),
      updatedAt: now,
    });
    await recordChange(tx, ctx, now, { action: "webhook.update", target: target(row), change: { before: onRecord(before), after: { ...onRecord(row), ...(secret ? { newSecret: true } : {}) } } });
    return (await describe(tx, [row]))[0] ?? toWebhookView(row);
  });
};

/** Deletes a webhook, what waits for it and its history. */
export const deleteWebhook = async (ctx: Context, id: string): Promise<void> => {
  authorize(ctx, "webhook:manage");
  await transact(ctx.deps, async (tx, now) => {
    const row = await need(tx, ctx, id);
    await store.deleteWebhookRow(tx, row.id);
    await recordChange(tx, ctx, now, { action: "webhook.delete", target: target(row), change: { before: onRecord(row) } });
  });
};

/** Sends MLflow's example of an event (the webhook's first unless given) now, once, disabled or not, and says what came back. */
export const testWebhook = async (ctx: Context, id: string, event?: string): Promise<TestView> => {
  authorize(ctx, "webhook:manage");
  const { db, clock, env } = ctx.deps;
  const row = await need(db, ctx, id);
  const at = await clock.now(db);
  const name = event ?? row.events[0] ?? "";
  const { kind, status, responseBody, error } = await sendNotice(ctx.deps, {
    url: row.url, secret: row.secret === null ? null : openSealedText(env.secretKey, row.secret), id: newId(), body: bodyOf({ event: name, data: exampleOf(name) }, at, ctx.workspace.name), at,
  });
  return { success: kind === "delivered", responseStatus: status, responseBody, error };
};

/** What was sent to a webhook, newest first. */
export const listDeliveries = async (ctx: Context, id: string, { limit, cursor, status }: { limit: number; cursor?: string | undefined; status?: string | undefined }): Promise<Page<DeliveryView>> => {
  authorize(ctx, "webhook:manage");
  const row = await need(ctx.deps.db, ctx, id);
  const [below] = cursor === undefined ? [] : decodeCursor(cursor, 1);
  if (below !== undefined && !/^\d{1,18}$/.test(String(below))) throw new AppError("invalid", "page.bad_cursor", "The cursor is not one that this list returned; start again without it.");
  const rows = await store.listDeliveryRows(ctx.deps.db, row.id, { status, limit, below: below === undefined ? undefined : BigInt(below) });
  return toPage(rows, limit, toDeliveryView, (delivery) => [String(delivery.position)]);
};

/** Sends a notice again, under its old delivery id, so that a receiver that has it can tell. */
export const resendDelivery = async (ctx: Context, id: string, deliveryId: string): Promise<DeliveryView> => {
  authorize(ctx, "webhook:manage");
  const view = await transact(ctx.deps, async (tx, now) => {
    const row = await need(tx, ctx, id);
    const uuid = tryParseId("delivery", deliveryId);
    const found = uuid === undefined ? null : await store.findDelivery(tx, ctx.workspace.id, row.id, uuid);
    if (!found) throw new AppError("not_found", "webhook.delivery_not_found", "There is no such delivery of this webhook: the history is kept for 30 days.");
    if (row.status !== "ACTIVE") throw new AppError("conflict", "webhook.disabled", "The webhook is disabled. Enable it first.");
    const queued = await store.requeueDelivery(tx, found.id, now);
    await recordChange(tx, ctx, now, { action: "webhook.resend", target: target(row), change: { after: { delivery: deliveryId, event: found.event } } });
    return toDeliveryView(queued);
  });
  await ctx.deps.jobs.send("webhooks.deliver", { webhookId: tryParseId("webhook", id) ?? id }, { dedupeKey: id });
  return view;
};
