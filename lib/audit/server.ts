export { canonicalText, leafHashOf } from "./canonical";
export { sequenceJob } from "./jobs";
export { type AuditChange, recordChange } from "./record";
export { isSequencingDue, sequenceAudit, sequenceBatch } from "./sequence";
export { describeRecord, getAuditEvent, getAuditFacets, listAuditEvents } from "./service";
