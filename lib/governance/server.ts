export { expireRequestsJob } from "./jobs";
export { findRefusal } from "./guard";
export { closeApproval, isReleasable, type Release } from "./release";
export { deleteAlias, listAliasGuards, moveStage, setAlias } from "./service-aliases";
export { addEvidence, getEvidence, listEvidence } from "./service-evidence";
export { getPolicy, insertPolicyRevision, revisePolicy } from "./service-policies";
export { findEnvironmentOfStage, listStageRequests, type StageRequest } from "./service-transitions";
export { countOpenRequests, expireRequests, getRequest, listRequests, openRequest, readDossierFile, reviewRequest, withdrawRequest } from "./service-requests";
