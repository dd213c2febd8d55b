export { serving as servingOperations } from "./operations";
export { DeploymentView, EndpointCreate, EndpointUpdate, EndpointView, EnvironmentView, RouteView, RuntimeView } from "./schema";
