import { api, apiPath, type Page } from "@/lib/http/api-client";
import type { Model } from "@/lib/registry";
import type { RolloutSummary, RolloutView } from "@/lib/rollouts";
import type { DeploymentView, EndpointView, RouteView, RuntimeView, VersionServing } from "@/lib/serving";

/** Keys of the queries of endpoints; everything below `all` is refreshed after a change. */
export const servingKeys = {
  all: (workspace: string) => ["serving", workspace] as const,
  list: (workspace: string, filters: Record<string, string | undefined>) => ["serving", workspace, "list", filters] as const,
  one: (workspace: string, id: string) => ["serving", workspace, "one", id] as const,
  routes: (workspace: string, id: string) => ["serving", workspace, "routes", id] as const,
  deployments: (workspace: string, id: string) => ["serving", workspace, "deployments", id] as const,
  active: (workspace: string, id: string) => ["serving", workspace, "active", id] as const,
  models: (workspace: string) => ["serving", workspace, "models"] as const,
  runtimes: (workspace: string) => ["serving", workspace, "runtimes"] as const,
  version: (workspace: string, model: string, number: number) => ["serving", workspace, "version", model, number] as const,
};

type ListQuery = Record<string, string | undefined>;

export const fetchEndpoints = (workspace: string, query: ListQuery, signal: AbortSignal) => api.get<Page<EndpointView>>(apiPath(workspace, "endpoints"), { query, signal });
/** `id` is an `end_` id, which needs no environment. */
export const fetchEndpoint = (workspace: string, id: string, signal: AbortSignal) => api.get<EndpointView>(apiPath(workspace, "endpoints", id), { signal });
export const fetchRoutes = (workspace: string, id: string, cursor: string | undefined, signal: AbortSignal) => api.get<Page<RouteView>>(apiPath(workspace, "endpoints", id, "routes"), { query: { cursor }, signal });
export const fetchDeployments = (workspace: string, id: string, cursor: string | undefined, signal: AbortSignal) => api.get<Page<DeploymentView>>(apiPath(workspace, "endpoints", id, "deployments"), { query: { cursor }, signal });
export const fetchActiveRollout = async (workspace: string, id: string, signal: AbortSignal): Promise<RolloutSummary | null> =>
  (await api.get<Page<RolloutSummary>>(apiPath(workspace, "rollouts"), { query: { endpoint: id, state: "active", limit: "1" }, signal })).items[0] ?? null;
export const fetchModelNames = async (workspace: string, signal: AbortSignal): Promise<string[]> => (await api.get<Page<Model>>(apiPath(workspace, "models"), { query: { limit: "200" }, signal })).items.map((model) => model.name);

export const fetchRuntimes = async (workspace: string, signal: AbortSignal): Promise<RuntimeView[]> => (await api.get<{ items: RuntimeView[] }>(apiPath(workspace, "runtimes"), { signal })).items;
export const createRuntime = (workspace: string, name: string) => api.post<{ id: string }>(apiPath(workspace, "runtimes"), { name, kind: "mlflow" });
export const deleteRuntime = (workspace: string, name: string, reason: string) => api.delete(apiPath(workspace, "runtimes", name), { query: { reason } });

const versionRuntimes = (workspace: string, model: string, number: number, ...rest: string[]): string => apiPath(workspace, "models", model, "versions", String(number), "runtimes", ...rest);
export const fetchVersionServing = (workspace: string, model: string, number: number, signal: AbortSignal) => api.get<VersionServing>(versionRuntimes(workspace, model, number), { signal });
export const setModelServer = (workspace: string, model: string, number: number, runtime: string, url: string) => api.put<VersionServing>(versionRuntimes(workspace, model, number, runtime), { url });
export const deleteModelServer = (workspace: string, model: string, number: number, runtime: string) => api.delete(versionRuntimes(workspace, model, number, runtime));

export type EndpointDraft = { name: string; environment: string; model: string; runtime: string; championAlias: string | null; isAnonymous: boolean; timeoutMs: number; description?: string };
export const createEndpoint = (workspace: string, body: EndpointDraft, idempotencyKey: string) => api.post<EndpointView>(apiPath(workspace, "endpoints"), body, { idempotencyKey });
export type EndpointChange = { description: string | null; championAlias: string | null; isAnonymous: boolean; timeoutMs: number };
export const updateEndpoint = (workspace: string, id: string, body: EndpointChange) => api.patch<EndpointView>(apiPath(workspace, "endpoints", id), body);
export const deleteEndpoint = (workspace: string, id: string, reason: string) => api.delete(apiPath(workspace, "endpoints", id), { query: { reason } });
export const rollBackEndpoint = (workspace: string, { name, environment }: EndpointView, reason: string) => api.post<RolloutView>(apiPath(workspace, "endpoints", name, "rollback"), { reason }, { query: { environment } });

export const endpointsHref = (workspace: string, environment: string): string => `/w/${encodeURIComponent(workspace)}/endpoints?env=${encodeURIComponent(environment)}`;
export const endpointHref = (workspace: string, name: string, environment: string): string => `/w/${encodeURIComponent(workspace)}/endpoints/${encodeURIComponent(name)}?env=${encodeURIComponent(environment)}`;

/** What the reader may do with endpoints; a text says why not and who unblocks it. */
export type ServingRights = { write: string | undefined; release: string | undefined };
