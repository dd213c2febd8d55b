import { api, apiPath, type Page } from "@/lib/http/api-client";
import type { ActivityItem, Model, Version, VersionSummary } from "@/lib/registry";

/** Keys of the registry's queries; everything below `all` is refreshed after a registration. */
export const registryKeys = {
  all: (workspace: string) => ["registry", workspace] as const,
  models: (workspace: string, kind: "model" | "prompt", q: string | undefined) => ["registry", workspace, "models", kind, q ?? ""] as const,
  versions: (workspace: string, filters: Record<string, string | undefined>) => ["registry", workspace, "versions", filters] as const,
  modelVersions: (workspace: string, model: string, filters: Record<string, string | undefined>) => ["registry", workspace, "model", model, filters] as const,
  model: (workspace: string, model: string) => ["registry", workspace, "model", model] as const,
  version: (workspace: string, model: string, number: number) => ["registry", workspace, "version", model, number] as const,
  activity: (workspace: string, model: string, number: number) => ["registry", workspace, "activity", model, number] as const,
};

type ListQuery = Record<string, string | undefined>;

export const fetchModels = (workspace: string, query: ListQuery, signal: AbortSignal) => api.get<Page<Model>>(apiPath(workspace, "models"), { query, signal });
export const fetchVersions = (workspace: string, query: ListQuery, signal: AbortSignal) => api.get<Page<VersionSummary>>(apiPath(workspace, "versions"), { query, signal });
export const fetchModelVersions = (workspace: string, model: string, query: ListQuery, signal: AbortSignal) => api.get<Page<VersionSummary>>(apiPath(workspace, "models", model, "versions"), { query, signal });
export const fetchModel = (workspace: string, model: string, signal: AbortSignal) => api.get<Model>(apiPath(workspace, "models", model), { signal });
export const fetchVersion = (workspace: string, model: string, number: number, signal: AbortSignal) => api.get<Version>(apiPath(workspace, "models", model, "versions", String(number)), { signal });
export const fetchActivity = (workspace: string, model: string, number: number, query: ListQuery, signal: AbortSignal) => api.get<Page<ActivityItem>>(apiPath(workspace, "models", model, "versions", String(number), "activity"), { query, signal });

export const modelHref = (workspace: string, model: string): string => `/w/${encodeURIComponent(workspace)}/models/${encodeURIComponent(model)}`;
export const versionHref = (workspace: string, model: string, number: number): string => `${modelHref(workspace, model)}/${number}`;

export const compareHref = (workspace: string, model: string, a: number, b: number): string => `${modelHref(workspace, model)}/compare?a=${a}&b=${b}`;

export const describeModel = (workspace: string, model: string, description: string) => api.patch<Model>(apiPath(workspace, "models", model), { description });
export const describeVersion = (workspace: string, model: string, number: number, description: string) => api.patch<Version>(apiPath(workspace, "models", model, "versions", String(number)), { description });

/** What the reader may do here; a text says why not and who unblocks it. */
export type Rights = { register: string | undefined; alias: string | undefined };
