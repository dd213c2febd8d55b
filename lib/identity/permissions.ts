import type { Actor, Role } from "@/lib/platform/context";

/** Every right that services check; the part before the colon is the kind of thing. */
export const permissions = [
  "model:read", "model:write",
  "artifact:read", "artifact:write",
  "run:read", "run:write",
  "evidence:write",
  "alias:write",
  "endpoint:read", "endpoint:write",
  "environment:read", "environment:write",
  "policy:write",
  "request:read", "request:create", "request:decide",
  "rollout:read", "rollout:execute",
  "monitor:read", "monitor:write",
  "incident:read", "incident:write",
  "prediction:read",
  "label:write",
  "webhook:manage",
  "workspace:write",
  "audit:read",
  "member:read", "member:write",
  "token:own", "token:read", "token:write",
  "metrics:read",
  "predict",
] as const;

export type Permission = (typeof permissions)[number];

export const roles = ["viewer", "contributor", "maintainer", "operator", "approver", "auditor"] as const satisfies readonly Role[];

const reads: Permission[] = ["model:read", "artifact:read", "run:read", "endpoint:read", "environment:read", "request:read", "rollout:read", "monitor:read", "incident:read", "prediction:read"];
const viewer: Permission[] = [...reads, "token:own"];
const contributor: Permission[] = [...viewer, "model:write", "artifact:write", "run:write", "evidence:write", "request:create", "label:write", "predict"];

/** What each role of a workspace may do. Roles add up, except auditor, which combines with none. */
export const rolePermissions: Record<Role, readonly Permission[]> = {
  viewer,
  contributor,
  maintainer: [...contributor, "alias:write", "endpoint:write", "environment:write", "policy:write", "monitor:write", "incident:write", "webhook:manage", "audit:read", "member:read", "metrics:read"],
  operator: [...viewer, "rollout:execute", "incident:write", "label:write", "predict", "metrics:read"],
  approver: [...viewer, "request:decide"],
  auditor: [...reads, "audit:read", "member:read", "token:read", "metrics:read"],
};

/** What an administrator of the installation may do in every workspace, member of it or not. Deciding a request is not among it. */
export const adminPermissions: readonly Permission[] = ["member:read", "member:write", "token:own", "token:read", "token:write", "webhook:manage", "workspace:write", "audit:read", "environment:read", "metrics:read"];

export const scopes = [
  "models:read", "models:write",
  "artifacts:read", "artifacts:write",
  "runs:read", "runs:write",
  "deploy:read", "deploy:execute",
  "monitoring:read", "monitoring:write",
  "labels:write",
  "approvals:read", "approvals:request",
  "audit:read",
  "metrics:read",
  "predict",
  "admin",
] as const;

export type Scope = (typeof scopes)[number];

const deployRead: Permission[] = ["endpoint:read", "environment:read", "rollout:read"];
const monitoringRead: Permission[] = ["monitor:read", "incident:read", "prediction:read", "endpoint:read", "environment:read"];

/** What each scope of a token lets through, of what its owner's roles allow. No scope carries request:decide. */
export const scopePermissions: Record<Scope, readonly Permission[]> = {
  "models:read": ["model:read"],
  "models:write": ["model:read", "model:write", "evidence:write", "alias:write", "webhook:manage"],
  "artifacts:read": ["artifact:read"],
  "artifacts:write": ["artifact:read", "artifact:write"],
  "runs:read": ["run:read"],
  "runs:write": ["run:read", "run:write", "evidence:write"],
  "deploy:read": deployRead,
  "deploy:execute": [...deployRead, "endpoint:write", "rollout:execute"],
  "monitoring:read": monitoringRead,
  "monitoring:write": [...monitoringRead, "monitor:write", "incident:write"],
  "labels:write": ["label:write"],
  "approvals:read": ["request:read", "environment:read"],
  "approvals:request": ["request:read", "request:create", "environment:read"],
  "audit:read": ["audit:read"],
  "metrics:read": ["metrics:read"],
  predict: ["predict"],
  admin: permissions.filter((permission) => permission !== "request:decide"),
};

const isScope = (text: string): text is Scope => (scopes as readonly string[]).includes(text);

/** The rights of a set of roles, with those of an administrator where `isAdmin`. */
export const permissionsOf = (held: readonly Role[], isAdmin: boolean): ReadonlySet<Permission> =>
  new Set([...held.flatMap((role) => rolePermissions[role]), ...(isAdmin ? adminPermissions : [])]);

/** Asked at every call, so it makes no set of all rights. */
const holds = (held: readonly Role[], isAdmin: boolean, permission: Permission): boolean => held.some((role) => rolePermissions[role].includes(permission)) || (isAdmin && adminPermissions.includes(permission));

/** Tells whether an actor holds a right in the workspace of its context; never true for a token and request:decide. */
export const can = (actor: Actor, permission: Permission): boolean => {
  if (actor.kind === "system") return permission !== "request:decide";
  if (!holds(actor.roles, actor.isAdmin, permission)) return false;
  return actor.kind === "user" || actor.scopes.some((scope) => isScope(scope) && scopePermissions[scope].includes(permission));
};

/** Roles that carry a right, for the sentence that says who could do it. */
export const rolesWith = (permission: Permission): Role[] => roles.filter((role) => rolePermissions[role].includes(permission));

/** What a right allows, as a sentence begins with it. */
const deeds: Record<Permission, string> = {
  "model:read": "Reading models", "model:write": "Changing models",
  "artifact:read": "Reading artifacts", "artifact:write": "Storing artifacts",
  "run:read": "Reading runs", "run:write": "Logging runs",
  "evidence:write": "Attaching evidence",
  "alias:write": "Moving aliases and stages",
  "endpoint:read": "Reading endpoints", "endpoint:write": "Changing endpoints",
  "environment:read": "Reading environments", "environment:write": "Changing environments",
  "policy:write": "Changing policies",
  "request:read": "Reading requests", "request:create": "Asking for a promotion", "request:decide": "Deciding on a promotion",
  "rollout:read": "Reading rollouts", "rollout:execute": "Releasing and rolling back",
  "monitor:read": "Reading monitors", "monitor:write": "Changing monitors",
  "incident:read": "Reading incidents", "incident:write": "Handling incidents",
  "prediction:read": "Reading predictions",
  "label:write": "Sending labels",
  "webhook:manage": "Managing webhooks",
  "workspace:write": "Changing the workspace",
  "audit:read": "Reading the audit log",
  "member:read": "Reading the members", "member:write": "Changing members",
  "token:own": "Managing one's own tokens", "token:read": "Reading the workspace's tokens", "token:write": "Revoking the workspace's tokens",
  "metrics:read": "Reading the server's metrics",
  "predict": "Predicting",
};

/** Says why `can` is false and who unblocks it. */
export const explainDenial = (actor: Actor, permission: Permission): string => {
  if (permission === "request:decide" && actor.kind !== "user") return "A token can't approve or reject: sign in as a person with the role approver.";
  if (actor.kind === "token" && holds(actor.roles, actor.isAdmin, permission)) {
    const fitting = scopes.filter((scope) => scopePermissions[scope].includes(permission) && scope !== "admin");
    return `${deeds[permission]} (${permission}) is outside of this token's scopes. Create one with ${fitting[0] ?? "admin"}.`;
  }
  const fitting = rolesWith(permission);
  const who = fitting.length > 0 ? `the role ${fitting.join(" or ")}` : "an administrator of the installation";
  return `${deeds[permission]} (${permission}) needs ${who} in this workspace; an administrator grants it under Settings, Members.`;
};

/** Why the actor may not, for people; undefined where they may. */
export const denialOf = (actor: Actor, permission: Permission): string | undefined => (can(actor, permission) ? undefined : explainDenial(actor, permission));

/** Says what is wrong with a set of roles, if anything: an auditor holds no other role. */
export const problemOfRoles = (held: readonly Role[]): string | undefined => {
  if (held.length === 0) return "Give at least one role.";
  if (new Set(held).size !== held.length) return "Each role counts once.";
  if (held.includes("auditor") && held.length > 1) return "An auditor writes nothing: the role combines with no other.";
  return undefined;
};
