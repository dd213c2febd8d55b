import { z } from "zod";

import { pageQuery, wireTime } from "@/lib/http/operation";

import { emailField } from "./email";
import { permissions, roles, scopes } from "./permissions";

export const RoleName = z.enum(roles);
export const ScopeName = z.enum(scopes);
const groupName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "is lower case letters, digits and hyphens, at most 40");
export const Groups = z.array(groupName).max(20);
const personName = z.string().trim().min(1, "is empty").max(120);
const userId = z.string().max(80);

export const MemberView = z
  .object({
    id: userId,
    name: z.string(),
    email: z.string(),
    roles: z.array(RoleName),
    groups: z.array(z.string()),
    isAdmin: z.boolean(),
    isDisabled: z.boolean(),
    joinedAt: wireTime,
    lastSeenAt: wireTime.nullable(),
  })
  .meta({ id: "Member" });
export type MemberView = z.infer<typeof MemberView>;

export const MemberQuery = pageQuery.extend({ q: z.string().max(200).optional(), role: RoleName.optional() });
export const MemberAdd = z.strictObject({ email: emailField, roles: z.array(RoleName).min(1), groups: Groups.default([]) });
export const MemberUpdate = z.strictObject({
  roles: z.array(RoleName).min(1).optional(),
  groups: Groups.optional(),
  isAdmin: z.boolean().optional().meta({ description: "Administrator of the installation." }),
  isDisabled: z.boolean().optional().meta({ description: "A disabled person can't sign in anywhere; sessions and tokens end at once." }),
});
export type MemberUpdate = z.infer<typeof MemberUpdate>;

export const InvitationStatus = z.enum(["open", "accepted", "expired", "revoked"]);
export const InvitationView = z
  .object({
    id: z.string(),
    email: z.string(),
    roles: z.array(RoleName),
    groups: z.array(z.string()),
    status: InvitationStatus,
    createdAt: wireTime,
    createdBy: z.string().nullable(),
    expiresAt: wireTime,
    acceptedAt: wireTime.nullable(),
  })
  .meta({ id: "Invitation" });
export type InvitationView = z.infer<typeof InvitationView>;
export const InvitationCreate = z.strictObject({ email: emailField, roles: z.array(RoleName).min(1), groups: Groups.default([]) });
export const InvitationCreated = z.object({ invitation: InvitationView, url: z.url().meta({ description: "One-time link; shown only now." }) });
export const InvitationAccept = z.strictObject({ token: z.string().max(200), name: personName, password: z.string().max(1000) });
export const InvitationAccepted = z.object({ email: z.string(), workspace: z.string() });

export const TokenStatus = z.enum(["active", "expired", "revoked"]);
export const TokenView = z
  .object({
    id: z.string(),
    name: z.string(),
    displayPrefix: z.string(),
    scopes: z.array(ScopeName),
    endpointIds: z.array(z.string()),
    owner: z.object({ id: userId, name: z.string() }),
    status: TokenStatus,
    createdAt: wireTime,
    expiresAt: wireTime,
    lastUsedAt: wireTime.nullable(),
    revokedAt: wireTime.nullable(),
  })
  .meta({ id: "ApiToken" });
export type TokenView = z.infer<typeof TokenView>;
export const TokenQuery = pageQuery.extend({ q: z.string().max(200).optional(), status: TokenStatus.optional(), owner: z.enum(["me", "all"]).default("all") });
export const TokenCreate = z.strictObject({
  name: z.string().trim().min(1, "is empty").max(100),
  scopes: z.array(ScopeName).min(1, "name at least one"),
  expiresInDays: z.number().int().min(1).max(365).default(90),
  endpointIds: z.array(z.string().max(80)).max(50).default([]).meta({ description: "Endpoints that the token is bound to; none means all." }),
});
export type TokenCreate = z.input<typeof TokenCreate>;
export const TokenCreated = z.object({ token: TokenView, secret: z.string().meta({ description: "Shown only now." }) });

export const SessionView = z
  .object({ id: z.string(), isCurrent: z.boolean(), signedInAt: wireTime, lastSeenAt: wireTime, expiresAt: wireTime, ip: z.string().nullable(), device: z.string() })
  .meta({ id: "Session" });
export type SessionView = z.infer<typeof SessionView>;
export const PasswordChange = z.strictObject({ currentPassword: z.string().max(1000), newPassword: z.string().max(1000) });

export const PersonView = z
  .object({
    user: z.object({ id: userId, name: z.string(), email: z.string().nullable(), isAdmin: z.boolean() }),
    workspaces: z.array(z.object({ name: z.string(), title: z.string(), roles: z.array(RoleName), groups: z.array(z.string()) })),
  })
  .meta({ id: "Person" });
export type PersonView = z.infer<typeof PersonView>;

export const MeView = z
  .object({
    kind: z.enum(["user", "token"]),
    user: z.object({ id: userId, name: z.string(), isAdmin: z.boolean() }),
    token: z.object({ id: z.string(), name: z.string(), scopes: z.array(z.string()) }).nullable(),
    roles: z.array(RoleName),
    groups: z.array(z.string()),
    permissions: z.array(z.enum(permissions)),
  })
  .meta({ id: "Me" });
export type MeView = z.infer<typeof MeView>;

/** MLflow's rule for the names of workspaces (WorkspaceNameValidator). */
const reservedNames = ["workspaces", "api", "ajax-api", "static-files"];
export const WorkspaceName = z
  .string()
  .regex(/^(?=.{2,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, "has 2 to 63 characters: lower case letters, digits and, inside, hyphens")
  .refine((name) => !reservedNames.includes(name), "is reserved");
const title = z.string().trim().min(1, "is empty").max(120);
const description = z.string().trim().max(2_000);
export const WorkspaceCreate = z.strictObject({ name: WorkspaceName, title: title.optional(), description: description.optional() });
export type WorkspaceCreate = z.infer<typeof WorkspaceCreate>;
export const WorkspaceUpdate = z.strictObject({ title: title.optional(), description: description.optional() });
export type WorkspaceUpdate = z.infer<typeof WorkspaceUpdate>;
export const WorkspaceView = z.object({ name: z.string(), title: z.string(), description: z.string().nullable() }).meta({ id: "Workspace" });
export type WorkspaceView = z.infer<typeof WorkspaceView>;
export const WorkspacePath = z.object({ name: z.string().max(80) });

export const UserPath = z.object({ userId });
export const InvitationPath = z.object({ invitationId: z.string().max(80) });
export const TokenPath = z.object({ tokenId: z.string().max(80) });
export const SessionPath = z.object({ sessionId: z.string().max(80) });
