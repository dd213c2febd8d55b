export * from "./operations";
export { type DeploymentView, type EndpointView, RuntimeFit, type VersionServing, type EnvironmentView, type RouteView, type RuntimeView } from "./schema";
