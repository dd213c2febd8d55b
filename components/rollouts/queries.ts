import { api, apiPath, type Page } from "@/lib/http/api-client";
import type { RolloutPlan, RolloutPreview, RolloutStrategy, RolloutSummary, RolloutView, VerdictPoint } from "@/lib/rollouts";

export const rolloutKeys = {
  all: (workspace: string) => ["rollouts", workspace] as const,
  list: (workspace: string, filters: Record<string, string | undefined>) => ["rollouts", workspace, "list", filters] as const,
  one: (workspace: string, id: string) => ["rollouts", workspace, "one", id] as const,
  preview: (workspace: string, endpoint: string, environment: string, version: string) => ["rollouts", workspace, "preview", endpoint, environment, version] as const,
  verdicts: (workspace: string, id: string) => ["rollouts", workspace, "verdicts", id] as const,
};

export const fetchRollouts = (workspace: string, query: Record<string, string | undefined>, signal: AbortSignal) => api.get<Page<RolloutSummary>>(apiPath(workspace, "rollouts"), { query, signal });
export const fetchRollout = (workspace: string, id: string, signal: AbortSignal) => api.get<RolloutView>(apiPath(workspace, "rollouts", id), { signal });
export const fetchVerdicts = (workspace: string, id: string, signal: AbortSignal) => api.get<{ items: VerdictPoint[] }>(apiPath(workspace, "rollouts", id, "verdicts"), { signal });

/** What a rollout would meet; nothing is started. */
export const previewRollout = (workspace: string, query: { endpoint: string; environment: string; version: string }, signal: AbortSignal) => api.get<RolloutPreview>(apiPath(workspace, "rollouts", "preview"), { query, signal });

export type RolloutVerb = "promote" | "hold" | "resume" | "abort" | "rollback";
export const actOnRollout = (workspace: string, id: string, verb: RolloutVerb, reason: string) => api.post<RolloutView>(apiPath(workspace, "rollouts", id, verb), { reason });

export type RolloutStart = { endpoint: string; environment: string; version: number; strategy: Exclude<RolloutStrategy, "rollback">; plan: RolloutPlan; comment?: string };
export const startRollout = (workspace: string, body: RolloutStart, idempotencyKey: string) => api.post<RolloutView>(apiPath(workspace, "rollouts"), body, { idempotencyKey });

export const rolloutHref = (workspace: string, id: string): string => `/w/${encodeURIComponent(workspace)}/rollouts/${id}`;
export const isRolloutLive = (rollout: { endedAt: string | null } | undefined): boolean => rollout !== undefined && rollout.endedAt === null;
