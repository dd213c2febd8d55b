export * from "./operations";
export {
  type AliasGuard,
  type CheckView,
  type DossierView,
  evidenceKinds,
  EvidenceDocument,
  type EvidenceView,
  PolicyDocument,
  type PolicyView,
  protectableStages,
  type Protection,
  requestStatuses,
  type RequestStatus,
  type RequestView,
} from "./schema";
export { requestStatusView } from "./words";
