import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  skipTrailingSlashRedirect: true,
  typedRoutes: false,
  devIndicators: false,
  typescript: { ignoreBuildErrors: true }, // `npm test` checks types; a start only needs the build
  serverExternalPackages: ["bullmq", "ioredis", "pino", "pg", "@prisma/client", "@prisma/adapter-pg"],
};

export default config;
