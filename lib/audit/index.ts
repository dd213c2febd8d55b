export * from "./operations";
export type { AuditEventDetail, AuditEventView, AuditFacets } from "./schema";
export { actorLabel, changeRows, type ChangeRow, changeSummary, isRefusal, sequenceLabel } from "./view";
