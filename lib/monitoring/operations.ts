import { z } from "zod";

import { defineOperation, pageOf, pageQuery } from "@/lib/http/operation";

import { incidentStatuses } from "./machine";
import { AcknowledgeBody, DriftView, FeatureView, FleetItem, HealthView, IncidentPage, IncidentView, LabelsBody, LabelsView, MonitorCreate, MonitorUpdate, MonitorView, MuteBody, PerformanceView, ReferenceView, ResolveBody, ResultView } from "./schema";

const endpoint = "/w/{workspace}/endpoints/{endpoint}";
const endpointParams = z.object({ endpoint: z.string().max(100) });
const environment = z.string().max(63).optional();
const time = z.iso.datetime({ offset: true }).optional();
const rangeQuery = z.object({ environment, from: time, to: time });
const monitorParams = z.object({ monitor: z.string().max(60) });
const incidentParams = z.object({ incident: z.string().max(60) });
const referencePath = "/w/{workspace}/models/{model}/versions/{number}/reference";
const versionParams = z.object({ model: z.string().max(256), number: z.coerce.number().int().min(1) });

export const addLabelsOperation = defineOperation({ id: "addLabels", method: "POST", path: "/w/{workspace}/labels", summary: "Send the truth of up to 1,000 predictions, each answered for itself", permission: "label:write", rateClass: "bulk", body: LabelsBody, response: LabelsView });

export const pinReferenceOperation = defineOperation({
  id: "pinReference",
  method: "POST",
  path: referencePath,
  summary: "Pin the rows that live data is compared with: at least 1,000, as CSV with a header or JSON",
  permission: "monitor:write",
  rateClass: "bulk",
  params: versionParams,
  query: z.object({ predictionColumn: z.string().min(1).max(250).optional(), source: z.string().min(1).max(200).optional() }),
  streams: { request: "text/csv", response: "application/json" },
});
export const getReferenceOperation = defineOperation({ id: "getReference", method: "GET", path: referencePath, summary: "Read the pinned reference of a version: features, bins and counts", permission: "monitor:read", params: versionParams, response: ReferenceView });

export const listMonitorsOperation = defineOperation({ id: "listMonitors", method: "GET", path: `${endpoint}/monitors`, summary: "List the monitors of an endpoint with their state", permission: "monitor:read", params: endpointParams, query: z.object({ environment }), response: z.object({ items: z.array(MonitorView) }) });
export const createMonitorOperation = defineOperation({ id: "createMonitor", method: "POST", path: `${endpoint}/monitors`, summary: "Add a monitor to an endpoint", permission: "monitor:write", params: endpointParams, query: z.object({ environment }), body: MonitorCreate, response: MonitorView, status: 201 });
export const updateMonitorOperation = defineOperation({ id: "updateMonitor", method: "PATCH", path: "/w/{workspace}/monitors/{monitor}", summary: "Change the rule of a monitor, or switch it off or on", permission: "monitor:write", params: monitorParams, body: MonitorUpdate, response: MonitorView });
export const deleteMonitorOperation = defineOperation({ id: "deleteMonitor", method: "DELETE", path: "/w/{workspace}/monitors/{monitor}", summary: "Delete a monitor with its results and incidents", permission: "monitor:write", params: monitorParams });
export const listMonitorResultsOperation = defineOperation({ id: "listMonitorResults", method: "GET", path: "/w/{workspace}/monitors/{monitor}/results", summary: "List what a monitor found, newest window first", permission: "monitor:read", params: monitorParams, query: pageQuery, response: pageOf(ResultView) });

export const listFleetOperation = defineOperation({ id: "listFleet", method: "GET", path: "/w/{workspace}/monitoring", summary: "List endpoints by their state, worst first", permission: "monitor:read", query: z.object({ environment }), response: z.object({ items: z.array(FleetItem) }) });
export const getHealthOperation = defineOperation({ id: "getHealth", method: "GET", path: `${endpoint}/health`, summary: "Read requests, failures, latency and accuracy of an endpoint over time", permission: "monitor:read", params: endpointParams, query: rangeQuery, response: HealthView });
export const getDriftOperation = defineOperation({ id: "getDrift", method: "GET", path: `${endpoint}/drift`, summary: "Read the drift of every feature by window", permission: "monitor:read", params: endpointParams, query: rangeQuery, response: DriftView });
export const getFeatureOperation = defineOperation({ id: "getFeatureDrift", method: "GET", path: `${endpoint}/drift/{feature}`, summary: "Compare one feature in one window with the reference, on the same bins", permission: "monitor:read", params: endpointParams.extend({ feature: z.string().max(250) }), query: z.object({ environment, window: time }), response: FeatureView });
export const getPerformanceOperation = defineOperation({ id: "getPerformance", method: "GET", path: `${endpoint}/performance`, summary: "Read accuracy by labels, their coverage and delay, and the confusion of classes", permission: "monitor:read", params: endpointParams, query: rangeQuery, response: PerformanceView });

const incidents = "/w/{workspace}/incidents";
export const listIncidentsOperation = defineOperation({ id: "listIncidents", method: "GET", path: incidents, summary: "List incidents, newest first", permission: "incident:read", query: pageQuery.extend({ status: z.enum([...incidentStatuses, "unresolved"]).optional(), endpoint: z.string().max(100).optional(), environment, q: z.string().max(100).optional() }), response: pageOf(IncidentView) });
export const getIncidentOperation = defineOperation({ id: "getIncident", method: "GET", path: `${incidents}/{incident}`, summary: "Read an incident with its timeline, by id or INC-n", permission: "incident:read", params: incidentParams, response: IncidentPage });
export const acknowledgeIncidentOperation = defineOperation({ id: "acknowledgeIncident", method: "POST", path: `${incidents}/{incident}/acknowledge`, summary: "Say that somebody is on it", permission: "incident:write", params: incidentParams, body: AcknowledgeBody, response: IncidentPage });
export const resolveIncidentOperation = defineOperation({ id: "resolveIncident", method: "POST", path: `${incidents}/{incident}/resolve`, summary: "Resolve an incident by hand, with the reason", permission: "incident:write", params: incidentParams, body: ResolveBody, response: IncidentPage });
export const muteIncidentOperation = defineOperation({ id: "muteIncident", method: "POST", path: `${incidents}/{incident}/mute`, summary: "Mute an incident until a time, or unmute it", permission: "incident:write", params: incidentParams, body: MuteBody, response: IncidentPage });
