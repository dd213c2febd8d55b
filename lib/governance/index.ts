export * from "./operations";
export {
  type CheckView,
  type DossierView,
  evidenceKinds,
  EvidenceDocument,
  type EvidenceView,
  PolicyDocument,
  type PolicyView,
  requestStatuses,
  type RequestStatus,
  type RequestView,
} from "./schema";
export { requestStatusView } from "./words";
