import { api, apiPath } from "@/lib/http/api-client";
import type { Comparison, RunImages, SavedView } from "@/lib/tracking";

export const compareKeys = {
  comparison: (workspace: string, number: number, runs: string) => ["tracking", workspace, "compare", number, runs] as const,
  others: (workspace: string, number: number, query: unknown) => ["tracking", workspace, "compare-others", number, query] as const,
  images: (workspace: string, number: number, runs: string) => ["tracking", workspace, "compare-images", number, runs] as const,
  views: (workspace: string) => ["tracking", workspace, "views", "compare"] as const,
};

const comparePath = (workspace: string, number: number, ...rest: string[]): string => apiPath(workspace, "experiments", String(number), "compare", ...rest);
export const fetchComparison = (workspace: string, number: number, runs: string, signal: AbortSignal) => api.get<Comparison>(comparePath(workspace, number), { query: { runs }, signal });
export const fetchImages = (workspace: string, number: number, runs: string, signal: AbortSignal) => api.get<RunImages>(comparePath(workspace, number, "images"), { query: { runs }, signal });

export const fetchViews = async (workspace: string, signal: AbortSignal): Promise<SavedView[]> => (await api.get<{ items: SavedView[] }>(apiPath(workspace, "views"), { query: { page: "compare" }, signal })).items;
export const postView = (workspace: string, name: string, query: string) => api.post<SavedView>(apiPath(workspace, "views"), { page: "compare", name, query });
export const removeView = (workspace: string, id: string) => api.delete(apiPath(workspace, "views", id));
