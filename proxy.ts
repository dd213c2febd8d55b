import { randomBytes } from "node:crypto";

import { type NextRequest, NextResponse } from "next/server";

import { nonceHeader, pathHeader } from "@/lib/http/page-headers";
import { env, isDevelopment } from "@/lib/platform/env";

const policyOf = (nonce: string, isHttps: boolean): string =>
  [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'", // charts and menus place their parts by style attributes
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(isHttps ? ["upgrade-insecure-requests"] : []),
  ].join("; ");

/** Gives each page its content security policy and tells it its own address. It authorises nothing: pages and services do. */
export const proxy = (request: NextRequest): NextResponse => {
  const nonce = randomBytes(16).toString("base64");
  const isHttps = env().publicUrl.startsWith("https:");
  const policy = policyOf(nonce, isHttps);
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", policy); // Next reads the nonce for its own scripts from here
  headers.set(nonceHeader, nonce);
  headers.set(pathHeader, `${request.nextUrl.pathname}${request.nextUrl.search}`);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  if (isHttps) response.headers.set("strict-transport-security", "max-age=31536000; includeSubDomains");
  return response;
};

/** Pages only: a proxy buffers bodies, and uploads must stream. */
export const config = { matcher: ["/", "/sign-in", "/join/:path*", "/w/:path*"] };
