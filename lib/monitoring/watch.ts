import { recordChange } from "@/lib/audit/server";
import { newId } from "@/lib/core/ids";
import { systemContext, takeNumber } from "@/lib/identity/server";
import type { Context, Deps } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";
import { versionNumbers } from "@/lib/serving/server";

import { decidePersistence, isEvaluated, type Look } from "./persistence";
import { incidentTarget, resolveIncidentRow } from "./resolve";
import { ruleOf, severityOf } from "./rules";
import { type FeatureTest } from "./schema";
import { causeSentence, type CauseFacts, clockUtc, incidentTitle } from "./sentences";
import * as store from "./store";
import * as incidents from "./store-incidents";

type Details = { ratio: number | null; violated: boolean; features: FeatureTest[] };
export const detailsOf = (row: { details: unknown }): Details => {
  const { ratio, violated, features } = (row.details ?? {}) as Partial<Details>;
  return { ratio: ratio ?? null, violated: violated ?? false, features: features ?? [] };
};

const toLook = (row: store.ResultRow): Look => ({ windowStart: row.windowStart, status: row.status as Look["status"], ...detailsOf(row) });

/** Opens, keeps or clears the incident of a monitor by its windows up to `upTo`. The caller holds the monitor's lock. */
export const updateIncidentOf = async (tx: Tx, deps: Deps, now: Date, monitor: store.MonitorRow, upTo: Date): Promise<void> => {
  const take = Math.max(monitor.windowsLookedAt, monitor.violationsToOpen);
  const results = await store.listEvaluatedResults(tx, monitor.id, upTo, take);
  const open = await incidents.findUnresolved(tx, monitor.id);
  const looks = results.map(toLook);
  if (!open && !looks.some((look) => look.violated)) return;
  const last = open ? null : await incidents.findLastResolved(tx, monitor.id);
  const since = last && last.resolution !== "cleared" ? last.resolvedAt : null;
  const act = decidePersistence(looks, monitor, { hasIncident: open !== null, since });
  if (act === "none") return;
  const ctx = systemContext(deps, await store.findWorkspace(tx, monitor.workspaceId), "monitoring");
  if (act === "open") await openIncident(tx, ctx, now, monitor, results);
  else if (open) await (act === "clear" ? clearIncident(tx, ctx, now, monitor, open) : seeAgain(tx, monitor, open, results));
};

const factsOf = async (tx: Tx, monitor: store.MonitorRow, newest: store.ResultRow, since: Date): Promise<CauseFacts> => {
  const [endpoint] = await store.findWatched(tx, monitor.workspaceId, [monitor.endpointId]);
  const numbers = await versionNumbers(tx, monitor.workspaceId, [newest.versionId]);
  return {
    rule: ruleOf(monitor),
    endpoint: endpoint?.name ?? "the endpoint",
    version: newest.versionId ? (numbers.get(newest.versionId) ?? null) : null,
    since,
    value: newest.value,
    lower: newest.lower,
    upper: newest.upper,
    rows: newest.rows,
    features: detailsOf(newest).features,
  };
};

const openIncident = async (tx: Tx, ctx: Context, now: Date, monitor: store.MonitorRow, results: store.ResultRow[]): Promise<void> => {
  const violating = results.filter((row) => isEvaluated({ status: row.status as Look["status"] }) && detailsOf(row).violated);
  const newest = violating[0];
  const oldest = violating.at(-1);
  if (!newest || !oldest) return;
  const facts = await factsOf(tx, monitor, newest, oldest.windowStart);
  const row = await incidents.insertIncident(tx, {
    id: newId(now.getTime()),
    workspaceId: monitor.workspaceId,
    number: await takeNumber(tx, monitor.workspaceId, "incident"),
    monitorId: monitor.id,
    endpointId: monitor.endpointId,
    versionId: newest.versionId,
    kind: monitor.kind,
    severity: severityOf(facts.rule.kind),
    status: "open",
    title: incidentTitle(facts),
    cause: causeSentence(facts),
    openedAt: now,
    lastSeenAt: newest.windowEnd,
  });
  const windows = `${violating.length} of the last ${results.length} evaluated windows, the newest ${clockUtc(newest.windowStart)}`;
  await incidents.insertIncidentEvent(tx, { id: newId(now.getTime()), workspaceId: row.workspaceId, incidentId: row.id, at: now, type: "opened", actor: ctx.actor.name, text: `Opened by the monitor ${monitor.name}: ${windows}. ${row.cause}`, data: store.toJson({ windowStart: newest.windowStart.toISOString(), rows: newest.rows, reason: newest.reason }) });
  await recordChange(tx, ctx, now, { action: "incident.open", target: incidentTarget(row), because: row.cause, change: { after: { kind: row.kind, severity: row.severity, title: row.title, monitor: monitor.name, endpoint: facts.endpoint, version: facts.version } } });
};

const clearIncident = async (tx: Tx, ctx: Context, now: Date, monitor: store.MonitorRow, open: incidents.IncidentRow): Promise<void> => {
  const row = await incidents.lockIncident(tx, open.workspaceId, open.id);
  if (!row || row.status === "resolved") return;
  const windows = monitor.violationsToOpen === 1 ? "the newest window" : `${monitor.violationsToOpen} windows in a row`;
  await resolveIncidentRow(tx, ctx, now, row, {
    resolution: "cleared",
    action: `Clear rule of the monitor ${monitor.name}`,
    text: `Cleared by its rule: ${windows} stayed below 0.8 of every limit.`,
    because: `In ${windows} every effect stayed below 0.8 of its limit.`,
  });
};

/** Keeps the cause and the time of the last violation current; when it goes on is no news for the timeline. */
const seeAgain = async (tx: Tx, monitor: store.MonitorRow, open: incidents.IncidentRow, results: store.ResultRow[]): Promise<void> => {
  const newest = results[0];
  if (!newest || newest.windowEnd <= open.lastSeenAt) return;
  const row = await incidents.lockIncident(tx, open.workspaceId, open.id);
  if (!row || row.status === "resolved") return;
  const facts = await factsOf(tx, monitor, newest, row.openedAt);
  await incidents.updateIncident(tx, row.id, { lastSeenAt: newest.windowEnd, cause: causeSentence(facts) });
};
