export { authorize } from "./authorize";
export * from "./operations";
export { can, denialOf, explainDenial, permissions, permissionsOf, problemOfRoles, rolePermissions, roles, rolesWith, scopePermissions, scopes, type Permission, type Scope } from "./permissions";
export type { InvitationView, MemberView, MeView, PersonView, SessionView, TokenCreate, TokenView, WorkspaceView } from "./schema";
export { invitationStatus, membersFinding, offeredScopes, roleHints, scopeHints, scopePresets, tokenStatus } from "./view";
