import { minuteMs } from "@/lib/core/durations";
import { AppError } from "@/lib/core/errors";
import type { HeaderReader } from "@/lib/http/headers";
import type { Actor, Context, Deps } from "@/lib/platform/context";

import { remember } from "./memory";
import type { Principal, SessionPrincipal, TokenPrincipal } from "./principal";
import { readSessionId } from "./session-cookie";
import { findSession, findTokenByHash, findWorkspaceAccess, touchSession, touchToken } from "./store";
import { hashToken, isPlausibleToken } from "./token-format";

type AuthDeps = Pick<Deps, "db" | "clock" | "env">;

const touchEveryMs = minuteMs;
const unauthenticated = (code: string, message: string): AppError => new AppError("unauthenticated", code, message);

/** The person behind a Cookie header, or undefined: a session counts while it is neither ended, revoked, nor its person disabled. */
export const readSession = async (deps: AuthDeps, cookieHeader: string | null): Promise<SessionPrincipal | undefined> => {
  const sessionId = await readSessionId(deps.env, cookieHeader);
  const session = sessionId === undefined ? null : await findSession(deps.db, sessionId);
  if (!session || session.revokedAt || session.user.disabledAt) return undefined;
  const now = await deps.clock.now(deps.db);
  if (session.expiresAt <= now) return undefined;
  if (now.getTime() - session.lastSeenAt.getTime() > touchEveryMs) await touchSession(deps.db, session.id, now);
  const { id: userId, name, email, isAdmin } = session.user;
  return { kind: "session", userId, name, email, isAdmin, sessionId: session.id, authTime: session.authTime };
};

/** Whether two-second-old look-ups will do (see memory.ts): for calls that come by the thousand. */
export type Freshness = { mayRemember?: boolean };

/** A token as it was found, and the database's time at that moment; noted as used at most once a minute. */
const lookUpToken = async (deps: Pick<Deps, "db" | "clock">, hash: Uint8Array) => {
  const token = await findTokenByHash(deps.db, hash);
  if (!token) return undefined;
  const now = await deps.clock.now(deps.db);
  const isUsable = !token.revokedAt && !token.user.disabledAt && token.expiresAt > now;
  if (isUsable && (!token.lastUsedAt || now.getTime() - token.lastUsedAt.getTime() > touchEveryMs)) await touchToken(deps.db, token.id, now);
  return { token, nowMs: now.getTime(), isUsable };
};

/** The token behind a secret; raises unauthenticated that says whether it is unknown, expired or revoked. Expiry is judged by the time now, also of a remembered one. */
export const verifyApiToken = async (deps: Pick<Deps, "db" | "clock">, secret: string, { mayRemember = false }: Freshness = {}): Promise<TokenPrincipal> => {
  const hash = isPlausibleToken(secret) ? hashToken(secret) : undefined;
  const load = async () => (hash === undefined ? undefined : lookUpToken(deps, hash));
  const { value: found, ageMs } = mayRemember && hash ? await remember(deps.db, `token/${hash.toString("base64")}`, load, (token) => token?.isUsable === true) : { value: await load(), ageMs: 0 };
  if (!found) throw unauthenticated("token.unknown", "This token is unknown. Create one under Settings, Tokens.");
  const { token, nowMs } = found;
  if (token.revokedAt || token.user.disabledAt) throw unauthenticated("token.revoked", "This token was revoked. Create a new one under Settings, Tokens.");
  if (token.expiresAt.getTime() <= nowMs + ageMs) throw unauthenticated("token.expired", `This token expired at ${token.expiresAt.toISOString()}. Create a new one under Settings, Tokens.`);
  return {
    kind: "token",
    tokenId: token.id,
    name: token.name,
    userId: token.userId,
    userName: token.user.name,
    isAdmin: token.user.isAdmin,
    workspaceId: token.workspaceId,
    scopes: token.scopes,
    endpointIds: token.endpointIds,
  };
};

/**
 * Says who sends a request: by `Authorization: Bearer slp_…`, by the session cookie, and, where `allowBasic`, by Basic with a token
 * as the password. Raises unauthenticated with what to do.
 */
export const authenticateRequest = async (deps: AuthDeps, request: { headers: HeaderReader }, { allowBasic = false, mayRemember = false }: { allowBasic?: boolean } & Freshness = {}): Promise<Principal> => {
  const header = request.headers.get("authorization");
  if (header === null) {
    const session = await readSession(deps, request.headers.get("cookie"));
    if (!session) throw unauthenticated("http.unauthenticated", "Sign in, or send Authorization: Bearer with an API token (Settings, Tokens).");
    return session;
  }
  const [scheme = "", credentials = ""] = header.split(/ +/, 2);
  if (scheme.toLowerCase() === "bearer") return verifyApiToken(deps, credentials, { mayRemember });
  if (scheme.toLowerCase() === "basic" && allowBasic) return verifyApiToken(deps, passwordOf(credentials, request.headers), { mayRemember });
  throw unauthenticated("http.scheme", "This address takes Authorization: Bearer with an API token (slp_…).");
};

const passwordOf = (credentials: string, headers: HeaderReader): string => {
  if (headers.get("sec-fetch-site") === "cross-site") throw unauthenticated("http.cross_site", "Basic credentials from another site are refused.");
  const text = Buffer.from(credentials, "base64").toString();
  const password = text.slice(text.indexOf(":") + 1);
  if (!password.startsWith("slp_")) {
    throw unauthenticated("token.password", "Send an API token as the password, not the password of your account: create one under Settings, Tokens (scopes models, artifacts, runs) and set MLFLOW_TRACKING_TOKEN to it.");
  }
  return password;
};

/** Puts an authenticated principal into a workspace; raises not_found alike for a workspace that is missing and one that isn't theirs. */
export const contextFor = async (deps: Deps, principal: Principal, workspaceName: string, requestId: string, { mayRemember = false }: Freshness = {}): Promise<Context> => {
  const load = () => findWorkspaceAccess(deps.db, workspaceName, principal.userId);
  const access = mayRemember ? (await remember(deps.db, `access/${principal.userId}/${workspaceName}`, load, (found) => found !== null)).value : await load();
  const isForeign = principal.kind === "token" && principal.workspaceId !== access?.id;
  if (!access || isForeign || (!access.membership && !principal.isAdmin)) {
    throw new AppError("not_found", "workspace.not_found", `There is no workspace "${workspaceName.slice(0, 80)}" that you belong to.${principal.kind === "token" ? " A token opens only the workspace that it was made in." : ""}`);
  }
  return { deps, actor: actorOf(principal, access.membership), workspace: { id: access.id, name: access.name }, requestId };
};

/** The actor that a principal is in a workspace where it has this membership, or none. */
export const actorOf = (principal: Principal, membership: { roles: Extract<Actor, { kind: "user" }>["roles"]; groups: string[] } | null): Actor => {
  const held = membership?.roles ?? [];
  if (principal.kind === "session") {
    const { userId: id, name, email, isAdmin, sessionId, authTime } = principal;
    return { kind: "user", id, name, email, isAdmin, roles: held, groups: membership?.groups ?? [], sessionId, authTime };
  }
  const { tokenId: id, name, userId, userName, isAdmin, scopes, endpointIds } = principal;
  return { kind: "token", id, name, userId, userName, isAdmin, roles: held, scopes, endpointIds };
};
