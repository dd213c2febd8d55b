import { decode, encode } from "next-auth/jwt";

import { tryParseId, formatId } from "@/lib/core/ids";
import { deriveKey } from "@/lib/platform/keys";
import type { Env } from "@/lib/platform/env";

/** A session ends this long after sign-in, used or not. */
export const sessionMaxAgeSeconds = 8 * 3600;

type CookieEnv = Pick<Env, "publicUrl" | "secretKey">;

export const isSecure = (env: Pick<Env, "publicUrl">): boolean => env.publicUrl.startsWith("https:");

/** `__Host-` (bound to this host, Secure, whole path) exactly when people reach the console by https. */
export const sessionCookieName = (env: Pick<Env, "publicUrl">): string => (isSecure(env) ? "__Host-slipway.session" : "slipway.session");

export const sessionSecret = (env: Pick<Env, "secretKey">): string => deriveKey(env.secretKey, "session").toString("base64url");

/** Seals a session's id into the value of the cookie, as next-auth does. */
export const sealSession = (env: CookieEnv, sessionId: string): Promise<string> =>
  encode({ token: { sid: formatId("session", sessionId) }, secret: sessionSecret(env), maxAge: sessionMaxAgeSeconds });

/** Reads the session's id out of a Cookie header; undefined when there is none, or it is forged or out of date. */
export const readSessionId = async (env: CookieEnv, cookieHeader: string | null): Promise<string | undefined> => {
  const value = cookieValue(cookieHeader ?? "", sessionCookieName(env));
  if (value === undefined) return undefined;
  const claims = await decode({ token: value, secret: sessionSecret(env) }).catch(() => null); // whatever is wrong with a cookie, it proves nothing
  const sid = claims?.["sid"];
  return typeof sid === "string" ? tryParseId("session", sid) : undefined;
};

const cookieValue = (header: string, name: string): string | undefined => {
  for (const part of header.split(";")) {
    const [key, ...rest] = part.trim().split("=");
    if (key === name) return rest.join("=");
  }
  return undefined;
};
