import { api, apiPath, type Page } from "@/lib/http/api-client";
import type { ArtifactEntry, Count, ExperimentView, RunKeys, RunRowView, RunView } from "@/lib/tracking";

type Query = Record<string, string | number | readonly string[] | undefined>;

/** Keys of the queries about experiments and runs; everything below `all` is refreshed after a change. */
export const trackingKeys = {
  all: (workspace: string) => ["tracking", workspace] as const,
  experiments: (workspace: string, query: Query) => ["tracking", workspace, "experiments", query] as const,
  runs: (workspace: string, number: number, query: Query) => ["tracking", workspace, "runs", number, query] as const,
  liveRuns: (workspace: string, number: number, query: Query) => ["tracking", workspace, "live-runs", number, query] as const,
  count: (workspace: string, number: number, query: Query) => ["tracking", workspace, "run-count", number, query] as const,
  keys: (workspace: string, number: number) => ["tracking", workspace, "run-keys", number] as const,
  children: (workspace: string, runId: string, query: Query) => ["tracking", workspace, "children", runId, query] as const,
  run: (workspace: string, runId: string) => ["tracking", workspace, "run", runId] as const,
  files: (workspace: string, owner: FilesOwner, path: string) => ["tracking", workspace, "files", owner.kind, owner.id, path] as const,
  file: (workspace: string, owner: FilesOwner, path: string) => ["tracking", workspace, "file", owner.kind, owner.id, path] as const,
};

/** Whose files: a run's or a logged model's. */
export type FilesOwner = { kind: "run" | "model"; id: string };

export const fetchExperiments = (workspace: string, query: Query, signal: AbortSignal) => api.get<Page<ExperimentView>>(apiPath(workspace, "experiments"), { query, signal });
export const fetchRuns = (workspace: string, number: number, query: Query, signal: AbortSignal) => api.get<Page<RunRowView>>(apiPath(workspace, "experiments", String(number), "runs"), { query, signal });
export const fetchCount = (workspace: string, number: number, query: Query, signal: AbortSignal) => api.get<Count>(apiPath(workspace, "experiments", String(number), "runs", "count"), { query, signal });
export const fetchKeys = (workspace: string, number: number, signal: AbortSignal) => api.get<RunKeys>(apiPath(workspace, "experiments", String(number), "keys"), { signal });
export const fetchChildren = (workspace: string, runId: string, query: Query, signal: AbortSignal) => api.get<Page<RunRowView>>(apiPath(workspace, "runs", runId, "children"), { query, signal });
export const fetchRun = (workspace: string, runId: string, signal: AbortSignal) => api.get<RunView>(apiPath(workspace, "runs", runId), { signal });

const ownerPath = (workspace: string, { kind, id }: FilesOwner, ...rest: string[]): string => apiPath(workspace, kind === "run" ? "runs" : "logged-models", id, ...rest);
export const fetchFiles = (workspace: string, owner: FilesOwner, query: Query, signal: AbortSignal) => api.get<Page<ArtifactEntry>>(ownerPath(workspace, owner, "artifacts"), { query, signal });
/** Entries of a folder page by page, for `useCursorList`: whoever asks shares one answer. */
export const filesOf = (workspace: string, owner: FilesOwner, path: string) => ({ queryKey: trackingKeys.files(workspace, owner, path), fetchPage: (cursor: string | undefined, signal: AbortSignal) => fetchFiles(workspace, owner, { path, limit: 100, cursor }, signal) });
export const fileHref = (workspace: string, owner: FilesOwner, path: string): string => ownerPath(workspace, owner, "files", ...path.split("/"));
/** Address of an HTML file inside its sandbox. */
export const documentHref = (workspace: string, { kind, id }: FilesOwner, path: string): string =>
  ["/documents/w", ...[workspace, kind === "run" ? "runs" : "logged-models", id, ...path.split("/")].map(encodeURIComponent)].join("/");

export const experimentsHref = (workspace: string): string => `/w/${encodeURIComponent(workspace)}/experiments`;
export const experimentHref = (workspace: string, number: number): string => `${experimentsHref(workspace)}/${number}`;
export const runHref = (workspace: string, experiment: number, runId: string): string => `${experimentHref(workspace, experiment)}/runs/${runId}`;
export const compareHref = (workspace: string, experiment: number, runIds: readonly string[]): string => `${experimentHref(workspace, experiment)}/compare?runs=${runIds.join(",")}`;

/** Why the reader can't do it here; undefined where they can. */
export type TrackingRights = { write: string | undefined; register: string | undefined };
