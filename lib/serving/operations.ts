import { z } from "zod";

import { defineOperation, pageOf, pageQuery } from "@/lib/http/operation";

import { DeploymentView, EndpointCreate, EndpointUpdate, EndpointView, EnvironmentView, ModelServerBody, RouteView, RuntimeCreate, RuntimeView, VersionServing } from "./schema";

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

const runtime = "/w/{workspace}/runtimes/{runtime}";
const runtimeParams = z.object({ runtime: z.string().max(63) });
export const createRuntimeOperation = defineOperation({ id: "createRuntime", method: "POST", path: "/w/{workspace}/runtimes", summary: "Add a runtime of MLflow scoring servers", permission: "endpoint:write", body: RuntimeCreate, response: z.object({ id: z.string(), name: z.string(), kind: z.string() }), status: 201 });
export const deleteRuntimeOperation = defineOperation({ id: "deleteRuntime", method: "DELETE", path: runtime, summary: "Remove a runtime that no endpoint uses", permission: "endpoint:write", params: runtimeParams, query: z.object({ reason: z.string().trim().min(3).max(2000) }) });

const versionRuntimes = "/w/{workspace}/models/{model}/versions/{number}/runtimes";
const versionParams = z.object({ model: z.string().max(250), number: z.coerce.number().int().min(1) });
export const getVersionServingOperation = defineOperation({ id: "getVersionServing", method: "GET", path: versionRuntimes, summary: "Read which runtimes can serve a version, and how", permission: "endpoint:read", params: versionParams, response: VersionServing });
export const setModelServerOperation = defineOperation({ id: "setModelServer", method: "PUT", path: `${versionRuntimes}/{runtime}`, summary: "Say where the scoring server of a version listens", permission: "endpoint:write", params: versionParams.extend(runtimeParams.shape), body: ModelServerBody, response: VersionServing });
export const deleteModelServerOperation = defineOperation({ id: "deleteModelServer", method: "DELETE", path: `${versionRuntimes}/{runtime}`, summary: "Forget the scoring server of a version", permission: "endpoint:write", params: versionParams.extend(runtimeParams.shape) });
