export { getPrediction, listCalls } from "./service";
export { appliedRevision, liveGateways, type LiveGateway } from "./store-gateways";
export { readRoutingSnapshot } from "./store-routing";
