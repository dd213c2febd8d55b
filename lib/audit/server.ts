export { canonicalText, leafHashOf } from "./canonical";
export { type AuditChange, recordChange } from "./record";
