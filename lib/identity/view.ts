import type { Actor, Role } from "@/lib/platform/context";

import { explainDenial, permissionsOf, scopePermissions, scopes, type Scope } from "./permissions";
import type { InvitationView, MemberView, TokenView } from "./schema";

type StatusView = { word: string; tone: "ok" | "warn" | "crit" | "info" | "wait" | "idle"; icon: "okc" | "clock" | "minusc" | "hour"; bare?: boolean };

/** What each role is for, in one sentence. */
export const roleHints: Record<Role, string> = {
  viewer: "Sees everything but the audit log, members and other people's tokens.",
  contributor: "Logs runs, registers versions, adds evidence, opens requests.",
  maintainer: "Also sets aliases, endpoints, environments, policies and monitors, and reads the audit log.",
  operator: "Starts, promotes, aborts and rolls back rollouts; handles incidents.",
  approver: "Approves or rejects promotion requests, signed in as a person.",
  auditor: "Reads everything, writes nothing. Combines with no other role.",
};

export const scopeHints: Record<Scope, string> = {
  "models:read": "Read models and versions",
  "models:write": "Register models and versions, add evidence, set aliases",
  "artifacts:read": "Download files",
  "artifacts:write": "Upload files",
  "runs:read": "Read experiments and runs",
  "runs:write": "Log runs, params and metrics",
  "deploy:read": "Read endpoints and rollouts",
  "deploy:execute": "Create endpoints, start and steer rollouts",
  "monitoring:read": "Read drift, performance and incidents",
  "monitoring:write": "Change monitors, handle incidents",
  "labels:write": "Send ground truth",
  "approvals:read": "Read promotion requests",
  "approvals:request": "Open promotion requests",
  "audit:read": "Read the audit log",
  "metrics:read": "Scrape metrics of the processes",
  predict: "Call endpoints through the gateway",
  admin: "Everything that your roles allow",
};

/** Sets of scopes for what people make tokens for. */
export const scopePresets: { label: string; scopes: Scope[] }[] = [
  { label: "MLflow client", scopes: ["runs:read", "runs:write", "models:read", "models:write", "artifacts:read", "artifacts:write"] },
  { label: "Application", scopes: ["predict"] },
  { label: "Labels", scopes: ["labels:write"] },
  { label: "CI release", scopes: ["models:read", "models:write", "artifacts:write", "approvals:request", "deploy:read", "deploy:execute"] },
];

/** Scopes that would carry something for a person with these roles; the others say what is missing. */
export const offeredScopes = (held: readonly Role[], isAdmin: boolean): { scope: Scope; hint: string; blocked: string | undefined }[] => {
  const rights = permissionsOf(held, isAdmin);
  return scopes.map((scope) => {
    const [first] = scopePermissions[scope];
    const isOffered = scopePermissions[scope].some((permission) => rights.has(permission));
    const actor: Actor = { kind: "user", id: "", name: "", email: "", isAdmin, roles: [...held], groups: [], sessionId: "", authTime: new Date(0) };
    return { scope, hint: scopeHints[scope], blocked: isOffered || !first ? undefined : explainDenial(actor, first) };
  });
};

export const tokenStatus = ({ status }: Pick<TokenView, "status">): StatusView =>
  ({ active: { word: "Active", tone: "ok", icon: "okc", bare: true }, expired: { word: "Expired", tone: "idle", icon: "clock" }, revoked: { word: "Revoked", tone: "idle", icon: "minusc" } } as const)[status];

export const invitationStatus = ({ status }: Pick<InvitationView, "status">): StatusView =>
  ({
    open: { word: "Waiting", tone: "wait", icon: "hour" },
    accepted: { word: "Joined", tone: "ok", icon: "okc", bare: true },
    expired: { word: "Expired", tone: "idle", icon: "clock" },
    revoked: { word: "Taken back", tone: "idle", icon: "minusc" },
  } as const)[status];

/** The sentence over the list of members: who can approve matters most. */
export const membersFinding = (members: readonly Pick<MemberView, "roles" | "isDisabled">[]): string => {
  const active = members.filter(({ isDisabled }) => !isDisabled);
  const approvers = active.filter(({ roles }) => roles.includes("approver")).length;
  const people = active.length === 1 ? "1 person works here" : `${active.length} people work here`;
  return approvers === 0 ? `${people}, nobody may approve yet` : `${people}, ${approvers} may approve`;
};
