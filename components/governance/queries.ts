import { api, apiPath, type Page } from "@/lib/http/api-client";
import type { DossierView, EvidenceView, PolicyDocument, PolicyView, RequestView } from "@/lib/governance";

/** Keys of the queries of requests, evidence and policies. */
export const governanceKeys = {
  all: (workspace: string) => ["governance", workspace] as const,
  list: (workspace: string, filters: Record<string, string | undefined>) => ["governance", workspace, "requests", filters] as const,
  request: (workspace: string, id: string) => ["governance", workspace, "request", id] as const,
  evidence: (workspace: string, model: string, number: number) => ["governance", workspace, "evidence", model, number] as const,
  document: (workspace: string, id: string) => ["governance", workspace, "document", id] as const,
  policy: (workspace: string, environment: string) => ["governance", workspace, "policy", environment] as const,
};

const evidencePath = (workspace: string, model: string, number: number) => apiPath(workspace, "models", model, "versions", String(number), "evidence");
const requestPath = (workspace: string, id: string, ...rest: string[]) => apiPath(workspace, "requests", id, ...rest);

export const fetchRequests = (workspace: string, query: Record<string, string | undefined>, signal: AbortSignal) => api.get<Page<RequestView>>(apiPath(workspace, "requests"), { query, signal });
export const fetchDossier = (workspace: string, id: string, signal: AbortSignal) => api.get<DossierView>(requestPath(workspace, id), { signal });
export const openRequest = (workspace: string, body: { model: string; version: number; environment: string; comment?: string }, idempotencyKey: string) => api.post<RequestView>(apiPath(workspace, "requests"), body, { idempotencyKey });
export const reviewRequest = (workspace: string, id: string, decision: "approve" | "reject", comment: string) => api.post<DossierView>(requestPath(workspace, id, "reviews"), { decision, comment });
export const withdrawRequest = (workspace: string, id: string, reason: string) => api.post<DossierView>(requestPath(workspace, id, "withdraw"), { reason });
export const dossierFilePath = (workspace: string, id: string): string => requestPath(workspace, id, "dossier");

export const fetchEvidence = async (workspace: string, model: string, number: number, signal: AbortSignal) => (await api.get<{ items: EvidenceView[] }>(evidencePath(workspace, model, number), { signal })).items;
export const fetchDocument = (workspace: string, id: string, signal: AbortSignal) => api.get<EvidenceView>(apiPath(workspace, "evidence", id), { signal });
export const addEvidence = (workspace: string, model: string, number: number, body: { name: string; document: unknown }) => api.post<EvidenceView>(evidencePath(workspace, model, number), body);

export const revisePolicy = (workspace: string, environment: string, document: PolicyDocument) => api.put<PolicyView>(apiPath(workspace, "environments", environment, "policy"), document);

export const approvalsHref = (workspace: string): string => `/w/${encodeURIComponent(workspace)}/approvals`;
export const dossierHref = (workspace: string, number: string): string => `${approvalsHref(workspace)}/${encodeURIComponent(number)}`;
