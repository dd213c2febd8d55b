export { type AuditChange, recordChange } from "./record";
