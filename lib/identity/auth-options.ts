import type { NextAuthOptions } from "next-auth";
import Credentials from "next-auth/providers/credentials";

import { isAppError } from "@/lib/core/errors";
import { formatId, newId, tryParseId } from "@/lib/core/ids";
import type { Deps } from "@/lib/platform/context";

import { isSecure, sessionCookieName, sessionMaxAgeSeconds, sessionSecret } from "./session-cookie";
import { signIn, signOut } from "./sign-in";
import { findSession } from "./store";

export type ClientOf = (headers: Headers) => string;

const headersOf = (given: Record<string, unknown> | undefined): Headers => {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given ?? {})) if (typeof value === "string") headers.set(name, value);
  return headers;
};

/** next-auth's part: its sign-in form protocol, its CSRF token and the sealed cookie. The cookie holds a session's id; whether that session counts is asked of the database each time. */
export const authOptions = (deps: Deps, clientOf: ClientOf): NextAuthOptions => ({
  secret: sessionSecret(deps.env),
  useSecureCookies: isSecure(deps.env),
  session: { strategy: "jwt", maxAge: sessionMaxAgeSeconds, updateAge: 300 },
  pages: { signIn: "/sign-in", error: "/sign-in" },
  cookies: { sessionToken: { name: sessionCookieName(deps.env), options: { httpOnly: true, sameSite: "lax", path: "/", secure: isSecure(deps.env) } } },
  logger: {
    error: (code, metadata) => deps.log.error({ code, err: metadata instanceof Error ? metadata : undefined }, "next-auth"),
    warn: (code) => deps.log.debug({ code }, "next-auth"),
    debug: () => undefined,
  },
  providers: [
    Credentials({
      credentials: { email: { label: "E-mail", type: "email" }, password: { label: "Password", type: "password" } },
      authorize: async (credentials, request) => {
        const headers = headersOf(request.headers);
        try {
          const { userId, sessionId } = await signIn(deps, {
            email: credentials?.email ?? "",
            password: credentials?.password ?? "",
            ip: clientOf(headers),
            userAgent: headers.get("user-agent") ?? "",
            requestId: newId(),
          });
          return { id: formatId("user", userId), sid: formatId("session", sessionId) };
        } catch (error) {
          if (isAppError(error) && error.kind === "unauthenticated") return null;
          if (isAppError(error) && error.kind === "rate_limited") throw new Error("RateLimited", { cause: error });
          deps.log.error({ err: error }, "sign-in failed");
          throw new Error("Unavailable", { cause: error }); // next-auth puts the message into the address
        }
      },
    }),
  ],
  callbacks: {
    jwt: ({ token, user }) => (user && "sid" in user && typeof user.sid === "string" ? { sid: user.sid } : token),
    session: ({ session }) => ({ expires: session.expires }),
    redirect: ({ url, baseUrl }) => (url.startsWith("/") ? `${baseUrl}${url}` : url.startsWith(`${baseUrl}/`) ? url : baseUrl),
  },
  events: {
    signOut: async ({ token }) => {
      const sid = token["sid"];
      const sessionId = typeof sid === "string" ? tryParseId("session", sid) : undefined;
      const session = sessionId ? await findSession(deps.db, sessionId) : null;
      if (session) await signOut(deps, session.user.id, session.id, newId());
    },
  },
});
