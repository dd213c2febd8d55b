import { z } from "zod";

import { defineOperation, pageOf, pageQuery } from "@/lib/http/operation";

import {
  InvitationAccept, InvitationAccepted, InvitationCreate, InvitationCreated, InvitationPath, InvitationView, MemberAdd, MemberQuery, MemberUpdate, MemberView, MeView, PasswordChange, PersonView,
  SessionPath, SessionView, WorkspaceCreate, WorkspacePath, WorkspaceUpdate, WorkspaceView, TokenCreate, TokenCreated, TokenPath, TokenQuery, TokenView, UserPath,
} from "./schema";

export const listMembersOp = defineOperation({ id: "listMembers", method: "GET", path: "/w/{workspace}/members", summary: "List the members of the workspace.", permission: "member:read", query: MemberQuery, response: pageOf(MemberView) });
export const addMemberOp = defineOperation({ id: "addMember", method: "POST", path: "/w/{workspace}/members", summary: "Add a person who has an account already; others are invited.", permission: "member:write", body: MemberAdd, response: MemberView, status: 201 });
export const updateMemberOp = defineOperation({ id: "updateMember", method: "PATCH", path: "/w/{workspace}/members/{userId}", summary: "Change a member's roles or groups, or disable the account.", permission: "member:write", params: UserPath, body: MemberUpdate, response: MemberView });
export const removeMemberOp = defineOperation({ id: "removeMember", method: "DELETE", path: "/w/{workspace}/members/{userId}", summary: "Remove a member: sessions and tokens end at once.", permission: "member:write", params: UserPath });

export const listInvitationsOp = defineOperation({ id: "listInvitations", method: "GET", path: "/w/{workspace}/invitations", summary: "List invitations, newest first.", permission: "member:read", query: pageQuery, response: pageOf(InvitationView) });
export const createInvitationOp = defineOperation({ id: "createInvitation", method: "POST", path: "/w/{workspace}/invitations", summary: "Invite a person by a one-time link that lasts seven days.", permission: "member:write", body: InvitationCreate, response: InvitationCreated, status: 201 });
export const revokeInvitationOp = defineOperation({ id: "revokeInvitation", method: "DELETE", path: "/w/{workspace}/invitations/{invitationId}", summary: "Take back an invitation that is still open.", permission: "member:write", params: InvitationPath });
export const acceptInvitationOp = defineOperation({ id: "acceptInvitation", method: "POST", path: "/invitations/accept", summary: "Join by a one-time link, with a name and a password.", body: InvitationAccept, response: InvitationAccepted });

export const listTokensOp = defineOperation({ id: "listTokens", method: "GET", path: "/w/{workspace}/tokens", summary: "List API tokens: one's own, or all of the workspace with token:read.", permission: ["token:own", "token:read"], query: TokenQuery, response: pageOf(TokenView) });
export const createTokenOp = defineOperation({ id: "createToken", method: "POST", path: "/w/{workspace}/tokens", summary: "Create an API token of one's own; its secret is shown once.", permission: "token:own", body: TokenCreate, response: TokenCreated, status: 201 });
export const revokeTokenOp = defineOperation({ id: "revokeToken", method: "DELETE", path: "/w/{workspace}/tokens/{tokenId}", summary: "Revoke an API token: one's own, or any with token:write.", permission: ["token:own", "token:write"], params: TokenPath });

export const getMeOp = defineOperation({ id: "getMe", method: "GET", path: "/w/{workspace}/me", summary: "Who am I in this workspace, and what may I do?", response: MeView });
export const getPersonOp = defineOperation({ id: "getPerson", method: "GET", path: "/me", summary: "Who am I, and which workspaces are mine?", response: PersonView });
export const listSessionsOp = defineOperation({ id: "listSessions", method: "GET", path: "/me/sessions", summary: "List one's own open sessions.", response: z.object({ items: z.array(SessionView) }) });
export const revokeSessionOp = defineOperation({ id: "revokeSession", method: "DELETE", path: "/me/sessions/{sessionId}", summary: "End one of one's own sessions.", params: SessionPath });
export const changePasswordOp = defineOperation({ id: "changePassword", method: "POST", path: "/me/password", summary: "Change one's own password; every other session ends.", body: PasswordChange });

export const createWorkspaceOp = defineOperation({ id: "createWorkspace", method: "POST", path: "/workspaces", summary: "Create a workspace with the usual environments and policies; administrators of the installation.", body: WorkspaceCreate, response: WorkspaceView, status: 201 });
export const updateWorkspaceOp = defineOperation({ id: "updateWorkspace", method: "PATCH", path: "/workspaces/{name}", summary: "Change a workspace's title or description; administrators of the installation.", params: WorkspacePath, body: WorkspaceUpdate, response: WorkspaceView });
export const deleteWorkspaceOp = defineOperation({ id: "deleteWorkspace", method: "DELETE", path: "/workspaces/{name}", summary: "Delete a workspace that holds nothing; its audit log stays.", params: WorkspacePath });

export const operations = [
  createWorkspaceOp, updateWorkspaceOp, deleteWorkspaceOp,
  listMembersOp, addMemberOp, updateMemberOp, removeMemberOp, listInvitationsOp, createInvitationOp, revokeInvitationOp, acceptInvitationOp, listTokensOp, createTokenOp, revokeTokenOp, getMeOp, getPersonOp,
  listSessionsOp, revokeSessionOp, changePasswordOp,
];
