export { claimInspection, type Flavors, inspectBundle, listDueInspections, postponeInspection, readFlavors } from "./service";
export { inspectJob } from "./jobs";
export { type Claim, findLatestInspection, finishRow as finishInspection, type InspectionPlan, type InspectionRow, planInspection, queueInspection } from "./store";
