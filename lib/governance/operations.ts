import { z } from "zod";

import { defineOperation, pageOf, pageQuery } from "@/lib/http/operation";

import { DossierView, EvidenceCreate, EvidenceView, PolicyDocument, PolicyView, RequestCreate, requestStatuses, RequestView, ReviewCreate } from "./schema";

const evidence = "/w/{workspace}/models/{model}/versions/{number}/evidence";
const versionParams = z.object({ model: z.string().max(256), number: z.coerce.number().int().min(1) });
const requests = "/w/{workspace}/requests";
const requestParams = z.object({ request: z.string().max(60) });
const environmentParams = z.object({ environment: z.string().max(63) });
const policy = "/w/{workspace}/environments/{environment}/policy";

export const listEvidenceOperation = defineOperation({ id: "listEvidence", method: "GET", path: evidence, summary: "List the evidence of a version, newest first", permission: "model:read", params: versionParams, response: z.object({ items: z.array(EvidenceView) }) });
export const addEvidenceOperation = defineOperation({ id: "addEvidence", method: "POST", path: evidence, summary: "Attach an evidence document to a version", permission: "evidence:write", params: versionParams, body: EvidenceCreate, response: EvidenceView, status: 201 });
export const getEvidenceOperation = defineOperation({ id: "getEvidence", method: "GET", path: "/w/{workspace}/evidence/{evidence}", summary: "Read an evidence document", permission: "model:read", params: z.object({ evidence: z.string().max(60) }), response: EvidenceView });

export const getPolicyOperation = defineOperation({ id: "getPolicy", method: "GET", path: policy, summary: "Read the policy of an environment", permission: "environment:read", params: environmentParams, response: PolicyView });
export const revisePolicyOperation = defineOperation({ id: "revisePolicy", method: "PUT", path: policy, summary: "Revise the policy of an environment", permission: "policy:write", params: environmentParams, body: PolicyDocument, response: PolicyView });

export const listRequestsOperation = defineOperation({
  id: "listRequests",
  method: "GET",
  path: requests,
  summary: "List promotion requests, newest first",
  permission: "request:read",
  query: pageQuery.extend({ status: z.enum(requestStatuses).optional(), environment: z.string().max(63).optional(), model: z.string().max(256).optional(), mine: z.stringbool().optional(), waiting: z.stringbool().optional() }),
  response: pageOf(RequestView),
});
export const openRequestOperation = defineOperation({ id: "openRequest", method: "POST", path: requests, summary: "Request the promotion of a version into an environment", permission: "request:create", body: RequestCreate, response: RequestView, status: 201 });
export const getRequestOperation = defineOperation({ id: "getRequest", method: "GET", path: `${requests}/{request}`, summary: "Read the dossier of a promotion request, by id or APR-n", permission: "request:read", params: requestParams, response: DossierView });
export const reviewRequestOperation = defineOperation({ id: "reviewRequest", method: "POST", path: `${requests}/{request}/reviews`, summary: "Approve or reject a promotion request; people only, never a token", permission: "request:decide", params: requestParams, body: ReviewCreate, response: DossierView });
export const withdrawRequestOperation = defineOperation({ id: "withdrawRequest", method: "POST", path: `${requests}/{request}/withdraw`, summary: "Withdraw one's own promotion request", permission: "request:create", params: requestParams, body: z.object({ reason: z.string().trim().min(3).max(2000) }), response: DossierView });
export const downloadDossierOperation = defineOperation({ id: "downloadDossier", method: "GET", path: `${requests}/{request}/dossier`, summary: "Download the dossier of a promotion request as one JSON file", permission: "request:read", params: requestParams, streams: { response: "application/json" } });
