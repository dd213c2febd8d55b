export * from "./operations";
export { type DeploymentView, type EndpointView, type EnvironmentView, type RouteView, type RuntimeView } from "./schema";
