import { api, apiPath, type Page } from "@/lib/http/api-client";
import type { CallView, PredictionView } from "@/lib/inference";

export type CallFilters = { arm?: string | undefined; status?: string | undefined; version?: string | undefined };

export const inferenceKeys = {
  calls: (workspace: string, endpoint: string, filters: CallFilters) => ["calls", workspace, endpoint, filters] as const,
  prediction: (workspace: string, id: string) => ["prediction", workspace, id] as const,
};

/** `endpoint` is an `end_` id. */
export const fetchCalls = (workspace: string, endpoint: string, filters: CallFilters, cursor: string | undefined, signal: AbortSignal): Promise<Page<CallView>> =>
  api.get<Page<CallView>>(apiPath(workspace, "endpoints", endpoint, "calls"), { query: { ...filters, cursor }, signal });

export const fetchPrediction = (workspace: string, id: string, signal: AbortSignal): Promise<PredictionView> => api.get<PredictionView>(apiPath(workspace, "predictions", id), { signal });

export const predictionHref = (workspace: string, id: string): string => `/w/${encodeURIComponent(workspace)}/predictions/${id}`;
