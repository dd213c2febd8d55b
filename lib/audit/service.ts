import { z } from "zod";

import { AppError } from "@/lib/core/errors";
import { formatId, parseId } from "@/lib/core/ids";
import { decodeCursor, type Page, toPage } from "@/lib/core/pagination";
import { authorize } from "@/lib/identity";
import type { Context } from "@/lib/platform/context";

import type { AuditEventDetail, AuditEventView, AuditFacets, AuditQuery } from "./schema";
import { type AuditFilter, type AuditRow, countBy, countPending, findEventRow, findLastNumber, findNames, listEventRows, listPersonalRows, type PersonalRow } from "./store-events";

/** The parts of the canonical text that screens show. */
const Canonical = z.object({
  actor: z.object({ type: z.string(), id: z.string().optional(), name: z.string().optional(), onBehalfOf: z.string().optional() }),
  target: z.object({ type: z.string(), id: z.string(), name: z.string() }),
  reason: z.string().optional(),
  because: z.string().optional(),
  change: z.object({ before: z.json().optional(), after: z.json().optional() }).optional(),
  personal: z.record(z.string(), z.string()).optional(),
});

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const actorTypeOf = (text: string): AuditEventView["actor"]["type"] => (text === "user" || text === "token" ? text : "system");

const toView = (row: AuditRow, personal: ReadonlyMap<string, PersonalRow>): AuditEventView => {
  const { actor, target, reason, because, change } = Canonical.parse(JSON.parse(row.canonical));
  const valueOf = (field: string): string | null => personal.get(`${row.id}/${field}`)?.value ?? null;
  const type = actorTypeOf(row.actorType);
  return {
    id: formatId("auditEvent", row.id),
    seq: row.seq === null ? null : Number(row.seq),
    sequencedAt: row.sequencedAt?.toISOString() ?? null,
    occurredAt: row.occurredAt.toISOString(),
    actor: {
      type,
      id: actor.id ?? null,
      name: type === "user" ? valueOf("actor.name") : (actor.name ?? null),
      onBehalfOf: actor.onBehalfOf === undefined ? null : { id: actor.onBehalfOf, name: valueOf("actor.name") },
    },
    action: row.action,
    target: { type: target.type, id: target.id, name: target.name || (valueOf("target.name") ?? "") },
    reason: reason ?? null,
    because: because ?? null,
    change: change ?? null,
    requestId: row.requestId,
    leafHash: hex(row.leafHash),
  };
};

const byEventAndField = (rows: readonly PersonalRow[]): Map<string, PersonalRow> => new Map(rows.map((row) => [`${row.eventId}/${row.field}`, row]));

const filterOf = ({ actor, from, to, ...rest }: AuditQuery): AuditFilter => ({
  ...rest,
  actor: actor === undefined || actor === "" ? undefined : actor === "system" ? "system" : { id: parseId("user", actor) },
  from: from === undefined ? undefined : new Date(from),
  to: to === undefined ? undefined : new Date(to),
});

/** Lists events, newest first, by keyset: page 2,000 costs what page 1 costs. */
export const listAuditEvents = async (ctx: Context, query: AuditQuery): Promise<Page<AuditEventView>> => {
  authorize(ctx, "audit:read");
  const { db } = ctx.deps;
  const [at, id] = query.cursor ? decodeCursor(query.cursor, 2) : [];
  const before = at !== undefined && id !== undefined ? { occurredAt: new Date(at), id: String(id) } : undefined;
  const rows = await listEventRows(db, ctx.workspace.id, filterOf(query), query.limit, before);
  const personal = byEventAndField(await listPersonalRows(db, ctx.workspace.id, rows.map((row) => row.id)));
  return toPage(rows, query.limit, (row) => toView(row, personal), (row) => [row.occurredAt.toISOString(), row.id]);
};

/** One event with the exact text that was hashed, and each commitment with its salt and value unless erased. */
export const getAuditEvent = async (ctx: Context, eventId: string): Promise<AuditEventDetail> => {
  authorize(ctx, "audit:read");
  const { db } = ctx.deps;
  const row = await findEventRow(db, ctx.workspace.id, parseId("auditEvent", eventId));
  if (!row) throw new AppError("not_found", "audit.not_found", "There is no such event in this workspace.");
  const personal = byEventAndField(await listPersonalRows(db, ctx.workspace.id, [row.id]));
  const commitments = Canonical.parse(JSON.parse(row.canonical)).personal ?? {};
  return {
    ...toView(row, personal),
    canonical: row.canonical,
    personal: Object.entries(commitments).map(([field, commitment]) => {
      const kept = personal.get(`${row.id}/${field}`);
      return { field, commitment, value: kept?.value ?? null, salt: kept ? hex(kept.salt) : null };
    }),
  };
};

/** Counts events by action, actor and kind of target, for the filters. */
export const getAuditFacets = async (ctx: Context, query: { from?: string | undefined; to?: string | undefined } = {}): Promise<AuditFacets> => {
  authorize(ctx, "audit:read");
  const { db } = ctx.deps;
  const filter = { from: query.from ? new Date(query.from) : undefined, to: query.to ? new Date(query.to) : undefined };
  const actions = await countBy(db, ctx.workspace.id, "action", filter);
  const actors = await countBy(db, ctx.workspace.id, "actor", filter);
  const targetTypes = await countBy(db, ctx.workspace.id, "targetType", filter);
  const names = await findNames(db, actors.flatMap(({ value }) => (value === "system" ? [] : value)));
  return {
    total: targetTypes.reduce((sum, { count }) => sum + count, 0),
    unsequenced: await countPending(db, ctx.workspace.id),
    actions,
    actors: actors.map(({ value, count }) => (value === "system" ? { value, name: "System", count } : { value: formatId("user", value), name: names.get(value) ?? "Erased person", count })),
    targetTypes,
  };
};


/** One line about the record for the sidebar: how far it is numbered. It claims no proof: there is none yet. */
export const describeRecord = async (ctx: Context): Promise<{ title: string; detail: string }> => {
  authorize(ctx, "audit:read");
  const last = await findLastNumber(ctx.deps.db, ctx.workspace.id);
  return { title: "Append-only record", detail: last === 0 ? "no event numbered yet" : `numbered to #${last}` };
};
