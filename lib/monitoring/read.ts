import { dayMs, minuteMs } from "@/lib/core/durations";
import { AppError } from "@/lib/core/errors";
import { formatId } from "@/lib/core/ids";
import { authorize } from "@/lib/identity/server";
import { type Context, transact } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";
import { requireEndpoint, versionNumbers } from "@/lib/serving/server";
import { wilsonInterval } from "@/lib/stats";

import { mergeProfiles, type Profile, quantileOf } from "./profiles";
import { rollUp } from "./roll-up";
import type { EndpointHead, FleetItem, HealthPoint, HealthView, MonitorView } from "./schema";
import { describeIncidents } from "./service-incidents";
import { describeMonitors } from "./service-monitors";
import * as store from "./store";
import { currentReferenceIds, type ProfileRow } from "./store-counts";
import { listUnresolvedOf } from "./store-incidents";

export type RangeQuery = { environment?: string | undefined; from?: string | undefined; to?: string | undefined };
export type Range = { from: Date; to: Date; stepSeconds: number };
export type Watched = { endpoint: store.WatchedEndpoint; head: EndpointHead; monitors: MonitorView[]; range: Range };

/** Points that a chart gets at most. */
const maxPoints = 240;
const confidence = 0.95;

/** The range of a screen on whole steps: by default the last half hour of finely profiled endpoints, else the last day. */
const rangeOf = (query: RangeQuery, grainSeconds: number, now: Date): Range => {
  const spanMs = grainSeconds < 60 ? 30 * minuteMs : dayMs;
  const to = query.to ? Date.parse(query.to) : now.getTime();
  const from = query.from ? Date.parse(query.from) : to - spanMs;
  if (!(from < to)) throw new AppError("invalid", "monitoring.bad_range", "`from` must lie before `to`.");
  if (to - from > 32 * dayMs) throw new AppError("invalid", "monitoring.long_range", "Ask for 32 days at most.");
  const stepSeconds = Math.ceil((to - from) / 1000 / maxPoints / grainSeconds) * grainSeconds;
  const stepMs = stepSeconds * 1000;
  return { from: new Date(Math.floor(from / stepMs) * stepMs), to: new Date(Math.ceil(to / stepMs) * stepMs), stepSeconds };
};

/** Windows that a young endpoint's range holds at least. */
const minWindows = 30;

/** The range of a screen, which by default begins with a young endpoint's life (or its first data, where older data was sent in): a chart of the time before says nothing. */
const readRange = async (tx: Tx, { id, createdAt, profileGrainSeconds: grainSeconds }: store.WatchedEndpoint, query: RangeQuery, now: Date): Promise<Range> => {
  const usual = rangeOf(query, grainSeconds, now);
  if (query.from !== undefined || createdAt <= usual.from) return usual;
  const first = await store.findFirstWindow(tx, id, usual.from);
  const from = Math.min(createdAt.getTime(), (first ?? createdAt).getTime(), usual.to.getTime() - minWindows * grainSeconds * 1_000);
  return from <= usual.from.getTime() ? usual : rangeOf({ ...query, from: new Date(from).toISOString() }, grainSeconds, now);
};

/** What every view of a watched endpoint says of it. */
const nameOf = (row: store.WatchedEndpoint, numbers: ReadonlyMap<string, number>, incidents: readonly { mutedUntil: string | null }[]) => ({
  name: row.name,
  environment: row.environment.name,
  isProduction: row.environment.isProduction,
  model: row.model.name,
  version: row.stableVersionId ? (numbers.get(row.stableVersionId) ?? null) : null,
  mutedUntil: incidents.find((incident) => incident.mutedUntil)?.mutedUntil ?? null,
});

const headOf = (row: store.WatchedEndpoint, monitors: readonly MonitorView[], incidents: readonly { severity: string; title: string; mutedUntil: string | null }[], numbers: ReadonlyMap<string, number>, hasReference: boolean): EndpointHead => {
  const { status, title } = rollUp(row.name, monitors, incidents);
  return {
    ...nameOf(row, numbers, incidents),
    status,
    title,
    hasReference,
    grainSeconds: row.profileGrainSeconds,
  };
};

/** Everything that each tab of an endpoint's monitoring starts with. */
export const readWatched = async (tx: Tx, ctx: Context, now: Date, name: string, query: RangeQuery): Promise<Watched & { incidents: HealthView["incidents"] }> => {
  const { id } = await requireEndpoint(tx, ctx, name, query.environment);
  authorize(ctx, "monitor:read", { endpointId: id });
  const [endpoint] = await store.findWatched(tx, ctx.workspace.id, [id]);
  if (!endpoint) throw new AppError("not_found", "endpoint.not_found", "There is no such endpoint in this workspace.");
  const monitors = await describeMonitors(tx, ctx, now, await store.listMonitorRows(tx, ctx.workspace.id, [id]), [endpoint]);
  const incidents = await describeIncidents(tx, ctx, await listUnresolvedOf(tx, ctx.workspace.id, [id]));
  const numbers = await versionNumbers(tx, ctx.workspace.id, [endpoint.stableVersionId]);
  const hasReference = endpoint.stableVersionId !== null && (await currentReferenceIds(tx, [endpoint.stableVersionId])).size > 0;
  return { endpoint, monitors, incidents, head: headOf(endpoint, monitors, incidents, numbers, hasReference), range: await readRange(tx, endpoint, query, now) };
};

const share = (top: number, bottom: number): number | null => (bottom === 0 ? null : top / bottom);

const toPoint = (start: Date, stepSeconds: number, rows: readonly ProfileRow[], numbers: ReadonlyMap<string, number>): HealthPoint => {
  const profile = rows.reduce<Profile | null>((sum, row) => (sum ? mergeProfiles(sum, row) : row), null);
  const { n, correct } = profile?.performance ?? { n: 0, correct: 0 };
  const errors = wilsonInterval(profile?.errors ?? 0, profile?.requests ?? 0, confidence);
  const accuracy = wilsonInterval(correct, n, confidence);
  const last = rows.at(-1)?.versionId;
  return {
    start: start.toISOString(),
    end: new Date(start.getTime() + stepSeconds * 1000).toISOString(),
    version: last === undefined ? null : (numbers.get(last) ?? null),
    requests: profile?.requests ?? 0,
    errors: profile?.errors ?? 0,
    rejected: profile?.counts.rejected ?? 0,
    errorRate: share(profile?.errors ?? 0, profile?.requests ?? 0),
    errorLower: errors.lower,
    errorUpper: errors.upper,
    p50Ms: quantileOf(profile?.latency ?? {}, 0.5),
    p95Ms: quantileOf(profile?.latency ?? {}, 0.95),
    p99Ms: quantileOf(profile?.latency ?? {}, 0.99),
    labelled: n,
    accuracy: share(correct, n),
    accuracyLower: accuracy.lower,
    accuracyUpper: accuracy.upper,
  };
};

/** One point a step, also where nothing happened: a gap is shown as a gap. */
export const toPoints = (rows: readonly ProfileRow[], { from, to, stepSeconds }: Range, numbers: ReadonlyMap<string, number>): HealthPoint[] => {
  const stepMs = stepSeconds * 1000;
  const byStep = new Map<number, ProfileRow[]>();
  for (const row of rows) {
    const step = Math.floor(row.windowStart.getTime() / stepMs);
    byStep.set(step, [...(byStep.get(step) ?? []), row]);
  }
  const first = from.getTime() / stepMs;
  return Array.from({ length: Math.round((to.getTime() - from.getTime()) / stepMs) }, (_, i) => toPoint(new Date((first + i) * stepMs), stepSeconds, byStep.get(first + i) ?? [], numbers));
};

/** When the version or its reference changed within a range. */
export const readMarkers = async (tx: Tx, ctx: Context, endpointId: string, { from, to }: Range): Promise<HealthView["markers"]> => {
  const serving = await store.listServing(tx, endpointId, from, to);
  const pins = await store.listReferencePins(tx, serving.map((row) => row.versionId), from, to);
  const numbers = await versionNumbers(tx, ctx.workspace.id, serving.map((row) => row.versionId));
  const versions = serving.filter((row) => row.fromAt >= from).map((row) => ({ at: row.fromAt.toISOString(), kind: "version" as const, label: `v${numbers.get(row.versionId) ?? "?"}` }));
  return [...versions, ...pins.map((pin) => ({ at: pin.createdAt.toISOString(), kind: "reference" as const, label: `reference of v${numbers.get(pin.versionId) ?? "?"}` }))];
};

export const rangeView = ({ from, to, stepSeconds }: Range, now: Date) => ({ from: from.toISOString(), to: to.toISOString(), stepSeconds, asOf: now.toISOString() });

/** Requests, failures, latency and accuracy of an endpoint's stable arm over a range, with its monitors and open incidents. */
export const getHealth = (ctx: Context, name: string, query: RangeQuery): Promise<HealthView> => {
  authorize(ctx, "monitor:read");
  return transact(ctx.deps, async (tx, now) => {
    const { endpoint, head, monitors, incidents, range } = await readWatched(tx, ctx, now, name, query);
    const rows = await store.readStableProfiles(tx, endpoint.id, range.from, range.to, { features: false });
    const numbers = await versionNumbers(tx, ctx.workspace.id, [...new Set(rows.map((row) => row.versionId))]);
    const points = toPoints(rows, range, numbers);
    const total = (key: "requests" | "errors" | "rejected" | "labelled"): number => points.reduce((sum, point) => sum + point[key], 0);
    return {
      ...rangeView(range, now),
      endpoint: head,
      points,
      markers: await readMarkers(tx, ctx, endpoint.id, range),
      monitors,
      incidents,
      total: { requests: total("requests"), errors: total("errors"), rejected: total("rejected"), labelled: total("labelled") },
      lastSeenAt: (await store.findLastSeen(tx, [endpoint.id])).get(endpoint.id)?.toISOString() ?? null,
    };
  });
};

const recentMs = 5 * minuteMs;
const severities = ["CRITICAL", "WARNING", "STALE", "INSUFFICIENT", "NO_DATA", "OK"];

/** Every endpoint with its state, worst first. */
export const listFleet = (ctx: Context, environment: string | undefined): Promise<{ items: FleetItem[] }> => {
  authorize(ctx, "monitor:read");
  return transact(ctx.deps, async (tx, now) => {
    const bound = ctx.actor.kind === "token" ? ctx.actor.endpointIds : [];
    const endpoints = (await store.listWatched(tx, ctx.workspace.id, environment)).filter((row) => bound.length === 0 || bound.includes(row.id));
    const ids = endpoints.map((row) => row.id);
    const monitors = await describeMonitors(tx, ctx, now, await store.listMonitorRows(tx, ctx.workspace.id, ids), endpoints);
    const rows = await listUnresolvedOf(tx, ctx.workspace.id, ids);
    const incidents = await describeIncidents(tx, ctx, rows);
    const numbers = await versionNumbers(tx, ctx.workspace.id, endpoints.map((row) => row.stableVersionId));
    const recent = await store.sumRecent(tx, ids, new Date(now.getTime() - recentMs));
    const seen = await store.findLastSeen(tx, ids);
    const items = endpoints.map((row): FleetItem => {
      const own = incidents.filter((_, index) => rows[index]?.endpointId === row.id);
      const watching = monitors.filter((monitor) => monitor.endpoint === row.name && monitor.environment === row.environment.name);
      const { status, cause } = rollUp(row.name, watching, own);
      const counts = recent.get(row.id);
      return {
        id: formatId("endpoint", row.id),
        ...nameOf(row, numbers, own),
        status,
        cause,
        since: own.map((incident) => incident.openedAt).sort()[0] ?? null,
        requestsPerMinute: counts ? counts.requests / (recentMs / minuteMs) : null,
        labelCoverage: counts && counts.requests > 0 ? counts.labelled / counts.requests : null,
        lastSeenAt: seen.get(row.id)?.toISOString() ?? null,
        openIncidents: own.length,
        monitors: watching.length,
      };
    });
    return { items: items.sort((a, b) => severities.indexOf(a.status) - severities.indexOf(b.status) || a.name.localeCompare(b.name)) };
  });
};
