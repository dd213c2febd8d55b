export { canonicalText, leafHashOf } from "./canonical";
export { sequenceJob } from "./jobs";
export { type AuditChange, changeParameters, recordChange } from "./record";
export { isSequencingDue, sequenceAudit, sequenceBatch } from "./sequence";
export { changeParts } from "./store";
export { describeRecord, getAuditEvent, getAuditFacets, listAuditEvents } from "./service";
