export { findAliasProblem, findModelNameProblem } from "./names";
export * from "./operations";
export { promptOf, type PromptText } from "./prompt-tags";
export {
  type ActivityItem,
  type InspectionView,
  maxDescriptionLength,
  type Model,
  type ModelAliasView,
  type SchemaChange,
  schemaDiffSchema,
  signaturePortSchema,
  type SignaturePort,
  type StoredSignature,
  storedSignatureSchema,
  type Version,
  type VersionComparison,
  type VersionDeployment,
  type VersionState,
  type VersionStatus,
  versionSchema,
  type VersionSummary,
  versionSummarySchema,
} from "./schema";
export { statusFilters, type VersionView, versionView } from "./view";
