export { claimInspection, type Flavors, inspectBundle, listDueInspections, postponeInspection, queueInspection, readFlavors } from "./service";
export { inspectJob } from "./jobs";
export { type Claim, findLatestInspection, finishRow as finishInspection, type InspectionRow } from "./store";
