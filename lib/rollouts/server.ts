export { tickRolloutJob } from "./jobs";
export { actOnRollout, countActiveRollouts, getRollout, listRollouts, listVerdicts, rollBackEndpoint, type RolloutVerb, startRollout } from "./service";
export { findDueRollouts, tickRollout } from "./tick";
export { previewRollout } from "./service-preview";
