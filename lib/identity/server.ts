export { authenticateRequest, contextFor, readSession, verifyApiToken } from "./authenticate";
export { authorize, systemContext } from "./authorize";
export type { Principal, SessionPrincipal, TokenPrincipal } from "./principal";
