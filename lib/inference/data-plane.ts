/* What the data plane needs of this slice, without the services and what they bring along. */
export { chooseArm, choosesMirror, type Choice } from "./choose";
export { batchSchemaVersion, routeChannel, routingSnapshot, type EndpointRoute, type RoutingSnapshot, type ScoringSpec, type SensitiveTensor, type ServedVersion, type TensorSpec } from "./schema";
export { forgetOldGateways, reportProcesses } from "./store-gateways";
export { readRoutingSnapshot } from "./store-routing";
export { findTokenGrant, touchToken, type TokenGrant } from "./store-tokens";
