export { findAliasProblem, findModelNameProblem } from "./names";
export * from "./operations";
export {
  type ActivityItem,
  type InspectionView,
  type Model,
  type ModelAliasView,
  signaturePortSchema,
  type SignaturePort,
  type StoredSignature,
  storedSignatureSchema,
  type Version,
  type VersionDeployment,
  type VersionState,
  type VersionStatus,
  versionSchema,
  type VersionSummary,
  versionSummarySchema,
} from "./schema";
export { statusFilters, type VersionView, versionView } from "./view";
