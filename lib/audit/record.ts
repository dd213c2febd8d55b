import { formatId } from "@/lib/core/ids";
import type { Actor, Context } from "@/lib/platform/context";
import type { SqlTx } from "@/lib/platform/db";

import { canonicalText, commitTo, leafHashOf } from "./canonical";
import { newEventId } from "./event-id";
import { type ChangeRows, changeValues, insertChange } from "./store";

export type AuditChange = {
  /** `slice.verb`, such as `rollout.start`. */
  action: string;
  /** The thing changed; `id` in its form on the wire. A person's name or address belongs in `personal["target.name"]`, not in `name`. */
  target: { type: string; id: string; name: string };
  reason?: string | undefined;
  change?: { before?: unknown; after?: unknown } | undefined;
  /** What made a machine act: a verdict, a rule, an earlier event. */
  because?: string | undefined;
  /** Values about people: the event keeps salted commitments, a side table the values, which can be erased. */
  personal?: Record<string, string> | undefined;
  /** Content of the CloudEvent; without it the event carries the target and the change. */
  event?: { type?: string; data: Record<string, unknown> } | undefined;
};

/**
 * Writes the audit event of a change in its final form, its place in the sequencer's queue, and the outbox CloudEvent, all in the
 * transaction `tx` of the change itself. Returns the event's id.
 */
export const recordChange = async (tx: SqlTx, ctx: Context, now: Date, change: AuditChange): Promise<string> => {
  const rows = describeChange(ctx, now, change);
  await insertChange(tx, rows);
  return rows.event.id;
};

/**
 * The parameters of `changeParts`, for a change that is one statement together with its record: a transaction of one round trip.
 */
export const changeParameters = (ctx: Context, now: Date, change: AuditChange) => changeValues(describeChange(ctx, now, change));

const describeChange = (ctx: Context, now: Date, change: AuditChange): ChangeRows => {
  const { actor, workspace } = ctx;
  const id = newEventId(now.getTime());
  const personal = { ...personalOf(actor), ...change.personal };
  const commitments = Object.entries(personal).map(([field, value]) => commitTo(field, value));
  const canonical = canonicalText({
    schemaVersion: 1,
    id: formatId("auditEvent", id),
    workspace: formatId("workspace", workspace.id),
    occurredAt: now,
    actor: describeActor(actor),
    action: change.action,
    target: change.target,
    reason: change.reason,
    change: change.change,
    because: change.because,
    requestId: ctx.requestId === "" ? undefined : ctx.requestId,
    personal: commitments.length === 0 ? undefined : Object.fromEntries(commitments.map(({ field, digest }) => [field, digest])),
  });
  return {
    commitments,
    event: {
      id,
      workspaceId: workspace.id,
      occurredAt: now,
      actorType: actor.kind,
      actorId: actor.kind === "user" ? actor.id : actor.kind === "token" ? actor.userId : null,
      action: change.action,
      targetType: change.target.type,
      targetId: change.target.id,
      targetName: change.target.name,
      requestId: ctx.requestId === "" ? null : ctx.requestId,
      canonical,
      leafHash: leafHashOf(canonical),
    },
    outbox: {
      type: change.event?.type ?? `slipway.${change.action}`,
      source: `/w/${workspace.name}`,
      subject: `${change.target.type}/${change.target.id}`,
      schemaVersion: 1,
      data: canonicalText(change.event?.data ?? { target: change.target, change: change.change, reason: change.reason }),
    },
  };
};

const describeActor = (actor: Actor): Record<string, unknown> => {
  if (actor.kind === "user") return { type: "user", id: formatId("user", actor.id), session: formatId("session", actor.sessionId) };
  if (actor.kind === "token") return { type: "token", id: formatId("token", actor.id), name: actor.name, onBehalfOf: formatId("user", actor.userId) };
  return { type: "system", name: actor.name };
};

const personalOf = (actor: Actor): Record<string, string> => {
  if (actor.kind === "user") return { "actor.name": actor.name, "actor.email": actor.email };
  return actor.kind === "token" ? { "actor.name": actor.userName } : {};
};
