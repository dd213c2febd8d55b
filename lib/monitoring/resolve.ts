import { recordChange } from "@/lib/audit/server";
import { formatId, newId } from "@/lib/core/ids";
import { actorName, type Context } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { type IncidentState, moveIncident, type Resolution } from "./machine";
import * as store from "./store-incidents";

export const stateOf = (row: store.IncidentRow): IncidentState => ({ status: row.status as IncidentState["status"], resolution: row.resolution as Resolution | null, mutedUntil: row.mutedUntil });
export const incidentTarget = (row: Pick<store.IncidentRow, "id" | "number">) => ({ type: "incident", id: formatId("incident", row.id), name: `INC-${row.number}` });

export type Resolving = { resolution: Resolution; action: string; text: string; reason?: string | undefined; because?: string | undefined; data?: Record<string, string> };

/** Resolves a locked, unresolved incident: row, timeline event, audit event and outbox in the caller's transaction. */
export const resolveIncidentRow = async (tx: Tx, ctx: Context, now: Date, row: store.IncidentRow, how: Resolving): Promise<store.IncidentRow> => {
  const move = moveIncident(stateOf(row), { type: "resolve", resolution: how.resolution }, now);
  if (!move.ok) return row;
  const updated = await store.updateIncident(tx, row.id, { status: move.state.status, resolution: how.resolution, resolvedAt: now, resolvedByAction: how.action });
  await store.insertIncidentEvent(tx, { id: newId(now.getTime()), workspaceId: row.workspaceId, incidentId: row.id, at: now, type: "resolved", actor: actorName(ctx.actor), text: how.text, data: { resolution: how.resolution, ...how.data } });
  await recordChange(tx, ctx, now, {
    action: "incident.resolve",
    target: incidentTarget(row),
    reason: how.reason,
    because: how.because,
    change: { before: { status: row.status }, after: { status: "resolved", resolution: how.resolution, resolvedByAction: how.action } },
  });
  return updated;
};

/** What a rollback can cure: how the version performed and failed. The stream's drift goes on whichever version answers. */
const curedByRollback = ["performance", "error_rate"];

/**
 * Resolves the unresolved performance and error-rate incidents of the version that a rollback took off its endpoint. `by` is the name of
 * who rolled back. Returns how many it resolved.
 */
export const resolveIncidentsByRollback = async (tx: Tx, ctx: Context, now: Date, input: { endpointId: string; versionId: string; rolloutId: string; by: string }): Promise<number> => {
  const rows = await store.lockUnresolved(tx, { endpointId: input.endpointId, versionId: input.versionId, kinds: curedByRollback });
  const rollout = formatId("rollout", input.rolloutId);
  for (const row of rows) {
    await resolveIncidentRow(tx, ctx, now, row, {
      resolution: "rollback",
      action: `Rollback ${rollout} by ${input.by}`,
      text: `Resolved by the rollback that ${input.by} started: the version no longer answers.`,
      because: `The rollback ${rollout} took the version off the endpoint.`,
      data: { rolloutId: rollout, by: input.by },
    });
  }
  return rows.length;
};
