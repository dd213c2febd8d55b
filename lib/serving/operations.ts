import { z } from "zod";

import { defineOperation, pageOf, pageQuery } from "@/lib/http/operation";

import { DeploymentView, EndpointCreate, EndpointUpdate, EndpointView, EnvironmentView, RouteView, RuntimeView } from "./schema";

const endpoints = "/w/{workspace}/endpoints";
const endpoint = `${endpoints}/{endpoint}`;
const params = z.object({ endpoint: z.string().max(100) });
const environment = z.string().max(63).optional();
const inEnvironment = z.object({ environment });

export const listEnvironmentsOperation = defineOperation({ id: "listEnvironments", method: "GET", path: "/w/{workspace}/environments", summary: "List environments in their order", permission: "environment:read", response: z.object({ items: z.array(EnvironmentView) }) });
export const listRuntimesOperation = defineOperation({ id: "listRuntimes", method: "GET", path: "/w/{workspace}/runtimes", summary: "List runtimes with what they hold", permission: "endpoint:read", response: z.object({ items: z.array(RuntimeView) }) });
export const listEndpointsOperation = defineOperation({ id: "listEndpoints", method: "GET", path: endpoints, summary: "List endpoints", permission: "endpoint:read", query: pageQuery.extend({ environment, model: z.string().max(256).optional(), q: z.string().max(100).optional() }), response: pageOf(EndpointView) });
export const createEndpointOperation = defineOperation({ id: "createEndpoint", method: "POST", path: endpoints, summary: "Create an endpoint", permission: "endpoint:write", body: EndpointCreate, response: EndpointView, status: 201 });
export const getEndpointOperation = defineOperation({ id: "getEndpoint", method: "GET", path: endpoint, summary: "Read an endpoint, by name or id", permission: "endpoint:read", params, query: inEnvironment, response: EndpointView });
export const updateEndpointOperation = defineOperation({ id: "updateEndpoint", method: "PATCH", path: endpoint, summary: "Change an endpoint's settings", permission: "endpoint:write", params, query: inEnvironment, body: EndpointUpdate, response: EndpointView });
export const deleteEndpointOperation = defineOperation({ id: "deleteEndpoint", method: "DELETE", path: endpoint, summary: "Delete an endpoint", permission: "endpoint:write", params, query: inEnvironment.extend({ reason: z.string().trim().min(3).max(2000) }) });
export const listDeploymentsOperation = defineOperation({ id: "listDeployments", method: "GET", path: `${endpoint}/deployments`, summary: "List which versions an endpoint served and when", permission: "endpoint:read", params, query: pageQuery.extend({ environment }), response: pageOf(DeploymentView) });
export const listRoutesOperation = defineOperation({ id: "listRoutes", method: "GET", path: `${endpoint}/routes`, summary: "List the route revisions of an endpoint, newest first", permission: "endpoint:read", params, query: pageQuery.extend({ environment }), response: pageOf(RouteView) });
