import { dayMs, hourMs } from "@/lib/core/durations";
import { api, apiPath, type Page, upload } from "@/lib/http/api-client";
import type { DriftView, FeatureView, FleetItem, HealthView, MonitorView, PerformanceView, ReferenceView, ResultView } from "@/lib/monitoring";

/** Keys of the queries of monitoring; everything below `all` is refreshed after a change. */
export const monitoringKeys = {
  all: (workspace: string) => ["monitoring", workspace] as const,
  fleet: (workspace: string, environment: string) => ["monitoring", workspace, "fleet", environment] as const,
  tab: (target: Target, tab: string, range: string) => ["monitoring", target.workspace, "tab", target.environment, target.endpoint, tab, range] as const,
  feature: (target: Target, feature: string, window: string) => ["monitoring", target.workspace, "feature", target.environment, target.endpoint, feature, window] as const,
  results: (workspace: string, monitor: string) => ["monitoring", workspace, "results", monitor] as const,
};

/** The endpoint that a screen is about. */
export type Target = { workspace: string; environment: string; endpoint: string };

/** Ranges of the screens; the first leaves the choice to the server. */
export const ranges = [
  { value: "auto", label: "Latest", ms: 0 },
  { value: "3h", label: "3 h", ms: 3 * hourMs },
  { value: "24h", label: "24 h", ms: dayMs },
  { value: "7d", label: "7 d", ms: 7 * dayMs },
  { value: "30d", label: "30 d", ms: 30 * dayMs },
] as const;

const rangeQuery = (range: string) => {
  const ms = ranges.find((candidate) => candidate.value === range)?.ms ?? 0;
  return ms === 0 ? {} : { from: new Date(Date.now() - ms).toISOString() };
};

const below = ({ workspace, endpoint }: Target, ...rest: string[]) => apiPath(workspace, "endpoints", endpoint, ...rest);

export const fetchFleet = async (workspace: string, environment: string, signal: AbortSignal): Promise<FleetItem[]> => (await api.get<{ items: FleetItem[] }>(apiPath(workspace, "monitoring"), { query: { environment }, signal })).items;
const fetchTab = <View>(tab: string) => (target: Target, range: string, signal: AbortSignal) => api.get<View>(below(target, tab), { query: { environment: target.environment, ...rangeQuery(range) }, signal });
export const fetchHealth = fetchTab<HealthView>("health");
export const fetchDrift = fetchTab<DriftView>("drift");
export const fetchPerformance = fetchTab<PerformanceView>("performance");
export const fetchFeature = (target: Target, feature: string, window: string | undefined, signal: AbortSignal) => api.get<FeatureView>(below(target, "drift", feature), { query: { environment: target.environment, window }, signal });
export const fetchResults = (workspace: string, monitor: string, cursor: string | undefined, signal: AbortSignal) => api.get<Page<ResultView>>(apiPath(workspace, "monitors", monitor, "results"), { query: { cursor, limit: 20 }, signal });

export type MonitorDraft = { name: string; kind: string; params: Record<string, unknown>; windowSeconds: number; minRows: number; violationsToOpen: number; windowsLookedAt: number };
export const createMonitor = (target: Target, body: MonitorDraft) => api.post<MonitorView>(below(target, "monitors"), body, { query: { environment: target.environment } });
export type MonitorChange = { name?: string; params?: Record<string, unknown>; minRows?: number; violationsToOpen?: number; windowsLookedAt?: number; isEnabled?: boolean };
export const updateMonitor = (workspace: string, id: string, body: MonitorChange) => api.patch<MonitorView>(apiPath(workspace, "monitors", id), body);
export const deleteMonitor = (workspace: string, id: string) => api.delete(apiPath(workspace, "monitors", id));

export const pinReference = (workspace: string, model: string, version: number, file: File, predictionColumn: string, onProgress: (share: number) => void) =>
  upload<ReferenceView>(apiPath(workspace, "models", model, "versions", String(version), "reference"), file, {
    method: "POST",
    headers: { "content-type": file.name.endsWith(".csv") ? "text/csv" : "application/json" },
    query: { source: file.name.slice(0, 200), predictionColumn: predictionColumn === "" ? undefined : predictionColumn },
    onProgress,
  });

export const monitoringHref = (workspace: string, endpoint: string, environment: string): string => `/w/${encodeURIComponent(workspace)}/monitoring/${encodeURIComponent(endpoint)}?env=${encodeURIComponent(environment)}`;
export const incidentHref = (workspace: string, number: number): string => `/w/${encodeURIComponent(workspace)}/incidents/INC-${number}`;

/** What the reader may do; a text says why not and who unblocks it. */
export type MonitoringRights = { monitor: string | undefined; incident: string | undefined; release: string | undefined };
/** How often live screens look, in milliseconds. */
export const pollEveryMs = 5_000;
