import { z } from "zod";

import { defineOperation, pageOf } from "@/lib/http/operation";

import { AuditEventDetail, AuditEventView, AuditFacets, AuditFacetsQuery, AuditQuery } from "./schema";

const permission = "audit:read";

export const listAuditEventsOp = defineOperation({ id: "listAuditEvents", method: "GET", path: "/w/{workspace}/audit/events", summary: "List audit events, newest first.", permission, query: AuditQuery, response: pageOf(AuditEventView) });
export const getAuditEventOp = defineOperation({ id: "getAuditEvent", method: "GET", path: "/w/{workspace}/audit/events/{eventId}", summary: "One audit event with the text that was hashed.", permission, params: z.object({ eventId: z.string().max(80) }), response: AuditEventDetail });
export const getAuditFacetsOp = defineOperation({ id: "getAuditFacets", method: "GET", path: "/w/{workspace}/audit/facets", summary: "Count events by action, actor and kind of target.", permission, query: AuditFacetsQuery, response: AuditFacets });

export const operations = [listAuditEventsOp, getAuditEventOp, getAuditFacetsOp];
