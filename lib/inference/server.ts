export { getPrediction, listCalls } from "./service";
export { readRoutingSnapshot } from "./store-routing";
