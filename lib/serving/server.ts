export { reconcileRuntimesJob } from "./jobs";
export { reconcileRuntimes } from "./reconcile";
export { currentRoute, publishRoute, readAcknowledgement, type RouteAcknowledgement, type RouteChange } from "./routes";
export { ensureReady, requireServable, type RuntimeRef } from "./runtimes";
export { createEndpoint, deleteEndpoint, type EndpointQuery, getEndpoint, listDeployments, listEndpoints, listEnvironments, listRoutes, listRuntimes, requireEndpoint, requireEnvironment, updateEndpoint } from "./service";
export { closeDeployments, type EndpointRow, findEndpointById, findLastDeployment, findOpenDeployment, findRuntimeModelState, lockEndpoint, openDeployment, type RouteRow, updateEndpointRow, versionNumbers } from "./store";
export { createRuntime, deleteModelServer, deleteRuntime, getVersionServing, readRuntimeFit, setModelServer } from "./service-servers";
