import type { NextConfig } from "next";

const everywhere = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=()" },
];
/** Nothing is framed but logged documents, which the page of a run shows in a sandbox; their route says by whom. */
const unframed = [{ key: "X-Frame-Options", value: "DENY" }];
/** Answers of an API are data, whatever a browser thinks that they look like. Pages get their policy, with a nonce, in proxy.ts. */
const dataOnly = [{ key: "Content-Security-Policy", value: "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox" }];

const config: NextConfig = {
  poweredByHeader: false,
  skipTrailingSlashRedirect: true,
  typedRoutes: false,
  devIndicators: false,
  typescript: { ignoreBuildErrors: true }, // `npm test` checks types; a start only needs the build
  headers: () =>
    Promise.resolve([
      { source: "/:path*", headers: everywhere },
      { source: "/((?!documents/).*)", headers: unframed },
      ...["/api/:path*", "/ajax-api/:path*", "/get-artifact", "/model-versions/get-artifact"].map((source) => ({ source, headers: dataOnly })),
    ]),
  serverExternalPackages: ["bullmq", "ioredis", "pino", "pg", "@prisma/client", "@prisma/adapter-pg"],
};

export default config;
