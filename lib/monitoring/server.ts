export { resolveIncidentsByRollback } from "./resolve";
export { type ArmRow, type ArmTotals, type PairTotals, readArmTotals, readPairTotals } from "./store-arms";
