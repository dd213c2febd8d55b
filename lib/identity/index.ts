export { can, explainDenial, permissions, permissionsOf, problemOfRoles, rolePermissions, roles, rolesWith, scopePermissions, scopes, type Permission, type Scope } from "./permissions";
