import { api, apiPath, type Page } from "@/lib/http/api-client";
import type { IncidentPage, IncidentView } from "@/lib/monitoring";
import type { RolloutView } from "@/lib/rollouts";

export const incidentKeys = {
  all: (workspace: string) => ["incidents", workspace] as const,
  list: (workspace: string, filters: Record<string, string | undefined>) => ["incidents", workspace, "list", filters] as const,
  one: (workspace: string, id: string) => ["incidents", workspace, "one", id] as const,
};

export const fetchIncidents = (workspace: string, query: Record<string, string | undefined>, signal: AbortSignal) => api.get<Page<IncidentView>>(apiPath(workspace, "incidents"), { query, signal });
export const fetchIncident = (workspace: string, id: string, signal: AbortSignal) => api.get<IncidentPage>(apiPath(workspace, "incidents", id), { signal });
export const acknowledgeIncident = (workspace: string, id: string, comment: string) => api.post<IncidentPage>(apiPath(workspace, "incidents", id, "acknowledge"), comment === "" ? {} : { comment });
export const resolveIncident = (workspace: string, id: string, reason: string) => api.post<IncidentPage>(apiPath(workspace, "incidents", id, "resolve"), { reason });
export const muteIncident = (workspace: string, id: string, until: string | null) => api.post<IncidentPage>(apiPath(workspace, "incidents", id, "mute"), { until });
export const rollBack = (workspace: string, incident: Pick<IncidentPage, "endpoint" | "environment">, reason: string) => api.post<RolloutView>(apiPath(workspace, "endpoints", incident.endpoint, "rollback"), { reason }, { query: { environment: incident.environment } });
